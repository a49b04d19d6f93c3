using System.Text;
using System.Text.RegularExpressions;

namespace CellStitch.EmbeddedHost.Hosting;

/// <summary>
/// The path of a blob trigger: a container and a pattern of blob names, in which <c>{part}</c> stands for any characters, slashes too.
/// </summary>
internal sealed class BlobPath
{
    private readonly Regex _name;

    private BlobPath(string container, string prefix, Regex name, string[] valueNames)
    {
        (Container, Prefix, _name, ValueNames) = (container, prefix, name, valueNames);
    }

    /// <summary>The container's name.</summary>
    public string Container { get; }

    /// <summary>What every matching name begins with; listing can leave out the others.</summary>
    public string Prefix { get; }

    /// <summary>The names of the parts.</summary>
    public string[] ValueNames { get; }

    /// <summary>Reads e.g. <c>drop/{name}</c>.</summary>
    /// <exception cref="FormatException">The path has no container, or its braces do not close.</exception>
    public static BlobPath Parse(string path)
    {
        int slash = path.IndexOf('/', StringComparison.Ordinal);
        string container = slash < 0 ? path : path[..slash];
        string pattern = slash < 0 ? "" : path[(slash + 1)..];
        if (container.Length == 0 || container.Contains('{', StringComparison.Ordinal))
        {
            throw new FormatException($"the blob path '{path}' must begin with the name of a container.");
        }

        // A path without a pattern stands for every blob of the container.
        var names = new List<string>();
        var regex = new StringBuilder("^");
        string prefix = pattern.Split('{')[0];
        for (int at = 0; at < pattern.Length;)
        {
            int open = pattern.IndexOf('{', at);
            if (open < 0)
            {
                regex.Append(Regex.Escape(pattern[at..]));
                break;
            }

            int close = pattern.IndexOf('}', open);
            string name = close < 0 ? "" : pattern[(open + 1)..close];
            if (!IsName(name) || names.Contains(name))
            {
                throw new FormatException($"the blob path '{path}' must name each part once, in braces, with letters and digits.");
            }

            names.Add(name);
            regex.Append(Regex.Escape(pattern[at..open])).Append("(?<").Append(name).Append(">.+)");
            at = close + 1;
        }

        regex.Append(pattern.Length == 0 ? "" : "$");
        return new BlobPath(container, prefix, new Regex(regex.ToString(), RegexOptions.Singleline | RegexOptions.CultureInvariant), [.. names]);
    }

    /// <summary>The parts of a blob's name; null when it does not match.</summary>
    public Dictionary<string, object?>? Match(string name)
    {
        Match match = _name.Match(name);
        return match.Success
            ? ValueNames.ToDictionary(value => value, value => (object?)match.Groups[value].Value, StringComparer.OrdinalIgnoreCase)
            : null;
    }

    private static bool IsName(string text)
    {
        return text.Length > 0 && !char.IsAsciiDigit(text[0]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
    }
}
