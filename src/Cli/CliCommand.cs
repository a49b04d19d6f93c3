using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;
using CellStitch.Core.Stitching;

namespace CellStitch.Cli;

/// <summary>What a command does once its arguments are read; returns the exit code.</summary>
/// <param name="terminal">Where results, progress and warnings go.</param>
/// <param name="cancellation">Ctrl-C.</param>
internal delegate int Work(Terminal terminal, CancellationToken cancellation);

/// <summary>A command of the program: its options by kind, and how it runs.</summary>
/// <param name="name">The word on the command line.</param>
/// <param name="description">One line.</param>
/// <param name="examples">Command lines that are correct as they stand.</param>
internal abstract class CliCommand(string name, string description, params string[] examples) : Command(name, description)
{
    // Names of options by the property or parameter they end up in, so that its refusal can name the option.
    private readonly Dictionary<string, string> _options = [];

    public IReadOnlyList<string> Examples => examples;

    public string HelpHint => $"See 'cellstitch {Name} --help'.";

    /// <summary>The option whose value ends up in a property of an options record or a parameter of Core; null when none does.</summary>
    public string? OptionFor(string? parameter) => parameter is null ? null : _options.GetValueOrDefault(parameter);

    public int Run(ParseResult arguments, Terminal terminal, CancellationToken cancellation)
    {
        return Faults.Guard(terminal, this, () => Read(arguments)(terminal, cancellation), cancellation);
    }

    /// <summary>Reads the arguments into the work they ask for. Options records check the values, so nothing has happened when one is refused.</summary>
    protected abstract Work Read(ParseResult arguments);

    /// <summary>A file the command cannot do without.</summary>
    protected Argument<string> AddInput(string helpName, string help)
    {
        var input = new Argument<string>(helpName) { Description = help };
        Add(input);
        return input;
    }

    /// <summary>An option that takes a path; null when it is not given.</summary>
    protected Option<string?> AddPath(string name, string helpName, string help)
    {
        var path = new Option<string?>(name) { HelpName = helpName, Description = help };
        Add(path);
        return path;
    }

    /// <summary>The output a command cannot do without.</summary>
    protected Option<string> AddOutput(string helpName, string help)
    {
        var output = new Option<string>("--output", "-o") { HelpName = helpName, Description = help, Required = true };
        Add(output);
        return output;
    }

    /// <summary>An option that is there or not.</summary>
    protected Option<bool> AddSwitch(string name, string help)
    {
        var option = new Option<bool>(name) { Description = help };
        Add(option);
        return option;
    }

    /// <summary>An option that takes a number, written with a point whatever the machine's language.</summary>
    /// <param name="name">Name with dashes.</param>
    /// <param name="initial">Its default.</param>
    /// <param name="help">One line.</param>
    /// <param name="refusedAs">The property or parameter that checks the value.</param>
    /// <param name="atLeast">Smallest value, where nothing behind the option checks it; null where something does.</param>
    public Option<T> AddNumber<T>(string name, T initial, string help, string refusedAs, T? atLeast = null)
        where T : struct, INumber<T>
    {
        Option<T> number = NumberOption<T, T>(name, help, refusedAs, atLeast, value => value);
        number.DefaultValueFactory = _ => initial;
        return number;
    }

    /// <summary>The same without a default: null when it is not given.</summary>
    public Option<T?> AddOptionalNumber<T>(string name, string help, string refusedAs)
        where T : struct, INumber<T>
    {
        return NumberOption<T, T?>(name, help, refusedAs, atLeast: null, value => value);
    }

    /// <summary>How many threads to use.</summary>
    protected Option<int> AddThreads()
    {
        return AddNumber(
            "--threads", Environment.ProcessorCount, "Threads; the result does not depend on it.", nameof(StitchOptions.Threads), atLeast: 1);
    }

    /// <summary>An option that takes one of a few words; null when it is not given and has no default.</summary>
    public Choice<T> AddChoice<T>(string name, T? initial, string help)
        where T : struct, Enum
    {
        var choice = new Choice<T>(name, initial) { Description = help };
        Add(choice);
        return choice;
    }

    protected static T Refuse<T>(ArgumentResult result, string name, string expected)
    {
        result.AddError($"{name}: found '{result.Tokens[0].Value}'; expected {expected}.");
        return default!;
    }

    /// <summary>Says under which option a refusal of <paramref name="parameter"/> is reported.</summary>
    protected void ReportAs(string parameter, string option) => _options.Add(parameter, option);

    private Option<TValue> NumberOption<TNumber, TValue>(
        string name, string help, string refusedAs, TNumber? atLeast, Func<TNumber, TValue> convert)
        where TNumber : struct, INumber<TNumber>
    {
        bool whole = TNumber.Zero is int or ulong;
        string expected = (whole ? "a whole number" : "a number") + (atLeast is null ? "" : $" of at least {atLeast}");
        var option = new Option<TValue>(name)
        {
            HelpName = whole ? "N" : "X",
            Description = help,
            CustomParser = result => TNumber.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out TNumber value)
                && (atLeast is null || value >= atLeast)
                    ? convert(value)
                    : Refuse<TValue>(result, name, expected),
        };
        Add(option);
        ReportAs(refusedAs, name);
        return option;
    }
}
