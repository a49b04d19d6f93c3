using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;

namespace CellStitch.EmbeddedHost.Hosting;

/// <summary>Settings named in the attributes of triggers, as in <c>[TimerTrigger("%CleanupSchedule%")]</c>.</summary>
internal static partial class SettingReferences
{
    /// <summary>The text with each <c>%Setting%</c> replaced by the setting's value.</summary>
    /// <exception cref="InvalidOperationException">A setting is missing.</exception>
    public static string Resolve(string text, IConfiguration settings)
    {
        return Reference().Replace(text, match => settings[match.Groups[1].Value]
            ?? throw new InvalidOperationException($"the setting {match.Groups[1].Value}, named in '{text}', is missing."));
    }

    [GeneratedRegex("%([^%]+)%")]
    private static partial Regex Reference();
}
