using System.Text.RegularExpressions;

namespace CellStitch.Functions.Tests;

/// <summary>
/// What replayed code must not do, found in its text: what the official analyzers (DURABLE0001 to 0011) refuse in the azure build. An orchestrator awaits its
/// context alone.
/// </summary>
internal static partial class OrchestratorRules
{
    private static readonly (string Rule, Regex Pattern)[] Rules =
    [
        ("reads a clock", Clock()),
        ("makes a random number or id", Chance()),
        ("leaves its thread", Threads()),
        ("reads the environment", Surroundings()),
        ("does input or output", InputOutput()),
        ("logs on every replay", Logging()),
        ("binds something else than its context", Bindings()),
        ("does not come back to its scheduler", Context()),
    ];

    /// <summary>The broken rules, each with its place.</summary>
    public static IEnumerable<string> Broken(string code, string file)
    {
        string[] lines = code.Split('\n');
        for (int line = 0; line < lines.Length; line++)
        {
            string text = Comment().Replace(lines[line], "");
            foreach ((string rule, Regex pattern) in Rules)
            {
                if (pattern.Match(text) is { Success: true } match)
                {
                    yield return $"{file}:{line + 1} {rule}: {match.Value}";
                }
            }
        }
    }

    [GeneratedRegex("//.*$")]
    private static partial Regex Comment();

    [GeneratedRegex(@"\bDateTime(Offset)?\.(Now|UtcNow|Today)\b|\bStopwatch\b|\bTimeProvider\b|\bEnvironment\.TickCount", RegexOptions.ExplicitCapture)]
    private static partial Regex Clock();

    [GeneratedRegex(@"\bGuid\.(NewGuid|CreateVersion7)\b|\bRandom\b|\bRandomNumberGenerator\b", RegexOptions.ExplicitCapture)]
    private static partial Regex Chance();

    [GeneratedRegex(@"\bTask\.(Delay|Run|Factory)\b|\bThread(Pool)?\b|\bParallel\b|\bTimer\b|\.ContinueWith\(|\.(Wait|GetResult)\(\)|\.Result\b", RegexOptions.ExplicitCapture)]
    private static partial Regex Threads();

    [GeneratedRegex(@"\bEnvironment\b|\bI?Configuration\b|\bIOptions\b|\bAppSettings\b", RegexOptions.ExplicitCapture)]
    private static partial Regex Surroundings();

    [GeneratedRegex(@"\b(File|Directory|Path|Console|Process)\.|\b\w*Stream\b|\bBlob\w*Client\b|\bHttp\w+\b|\bDataAccount\b|\bBlobWork\b|\bRunClaim\b", RegexOptions.ExplicitCapture)]
    private static partial Regex InputOutput();

    [GeneratedRegex(@"\bILogger\b|\bLogs\b")]
    private static partial Regex Logging();

    [GeneratedRegex(@"\[(ActivityTrigger|DurableClient|BlobTrigger|HttpTrigger|TimerTrigger)\b|\bDurableTaskClient\b|\bFunctionContext\b", RegexOptions.ExplicitCapture)]
    private static partial Regex Bindings();

    [GeneratedRegex(@"\bConfigureAwait\(")]
    private static partial Regex Context();
}
