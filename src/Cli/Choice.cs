using System.CommandLine;

namespace CellStitch.Cli;

/// <summary>An option that takes the name of an enumeration's value, read in any case: words are shown in lower case, axis orders (ZYX) as they are.</summary>
internal sealed class Choice<T> : Option<string?>
    where T : struct, Enum
{
    private static readonly string[] Words = [.. Enum.GetNames<T>().Select(name => name.All(char.IsUpper) ? name : name.ToLowerInvariant())];

    public Choice(string name, T? initial)
        : base(name)
    {
        HelpName = string.Join('|', Words);
        CompletionSources.Add(Words);
        if (initial is { } value)
        {
            DefaultValueFactory = _ => Words[Array.IndexOf(Enum.GetValues<T>(), value)];
        }

        Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var word }] && !Words.Contains(word, StringComparer.OrdinalIgnoreCase))
            {
                string expected = Words is [var only] ? $"{only}, the only one so far" : string.Join(" or ", Words);
                result.AddError($"{Name}: found '{word}'; expected {expected}.");
            }
        });
    }

    /// <summary>The value given, else the default; null when there is none.</summary>
    public T? In(ParseResult arguments) => arguments.GetValue(this) is { } word ? Enum.Parse<T>(word, ignoreCase: true) : null;
}
