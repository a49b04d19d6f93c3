using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace CellStitch.Functions.Jobs;

/// <summary>Names of jobs, and the ids of the orchestrations that serve them.</summary>
internal static class JobName
{
    // Instance ids may have 100 characters; a run adds a dash and its hash.
    private const int Longest = 80;
    private const int RunHashDigits = 16;
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    /// <summary>How the ids of settlings begin.</summary>
    public const string SettlePrefix = "settle-";

    /// <summary>What a job may be called; ends the sentence "A job's name …".</summary>
    public const string Rule = "has 1 to 80 characters, none of them / \\ # ? % or one that is not seen, and begins with a letter or a digit";

    /// <summary>Whether a folder of the drop container is a job.</summary>
    public static bool IsValid(string name) =>
        name.Length is > 0 and <= Longest && char.IsLetterOrDigit(name[0]) && name[^1] is not ('.' or ' ') &&
        !name.Any(c => c is '/' or '\\' or '#' or '?' or '%') && name.EnumerateRunes().All(IsSeen);

    // What is not seen makes two names look the same, or turns around what is shown of one: controls, line ends, marks of direction and width, halves of
    // characters (which read as U+FFFD), characters without meaning.
    private static bool IsSeen(Rune rune) => rune != Rune.ReplacementChar && Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or
        UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);

    /// <summary>Id of the run of a job on given files: the same files under the same ETags are one run.</summary>
    public static string RunId(string job, IEnumerable<FileVersion> files) =>
        $"{job}-{Hash(string.Join('\n', files.OrderBy(file => file.Blob, StringComparer.Ordinal).Select(file => $"{file.Blob} {file.ETag}")))[..RunHashDigits]}";

    /// <summary>The job that a run id belongs to; null for other ids.</summary>
    public static string? OfRun(string instanceId)
    {
        int dash = instanceId.Length - RunHashDigits - 1;
        bool run = dash > 0 && instanceId[dash] == '-' && instanceId.AsSpan(dash + 1).IndexOfAnyExcept(HexDigits) < 0;
        return run && IsValid(instanceId[..dash]) ? instanceId[..dash] : null;
    }

    /// <summary>Prefix of the run ids of a job, and of some other jobs': <see cref="OfRun"/> tells them apart.</summary>
    public static string RunPrefix(string job) => $"{job}-";

    /// <summary>Id of the settling after a blob event: an event delivered twice is one instance.</summary>
    public static string SettleId(string blob, string eTag) => $"{SettlePrefix}{Hash($"{blob}\n{eTag}")}";

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
