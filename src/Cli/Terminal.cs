using Spectre.Console;

namespace CellStitch.Cli;

/// <summary>Results go to standard output; progress, warnings and faults to standard error, where they do not disturb a pipe.</summary>
internal sealed class Terminal
{
    // Spectre.Console's own progress prints nothing where there is no terminal, so it is only used where there is one.
    private readonly IAnsiConsole? _live;

    /// <summary>A console without a terminal: plain lines.</summary>
    public Terminal(TextWriter output, TextWriter error)
        : this(output, error, null)
    {
    }

    private Terminal(TextWriter output, TextWriter error, IAnsiConsole? live)
    {
        (Output, Error, _live) = (output, error, live);
    }

    public TextWriter Output { get; }

    public TextWriter Error { get; }

    public static Terminal OfThisProcess()
    {
        IAnsiConsole error = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        bool live = error.Profile.Out.IsTerminal && error.Profile.Capabilities is { Ansi: true, Interactive: true };
        return new Terminal(Console.Out, Console.Error, live ? error : null);
    }

    public void Fault(string message) => Error.WriteLine($"error: {message}");

    public void Warn(IEnumerable<string> messages)
    {
        foreach (string message in messages)
        {
            Error.WriteLine($"warning: {message}");
        }
    }

    /// <summary>Does work that reports its steps: as bars on a terminal, as a line per step elsewhere.</summary>
    public T Track<T>(Func<IProgress<Step>, T> work)
    {
        if (_live is null)
        {
            return work(new StepLines(Error));
        }

        return _live.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn(), new RemainingTimeColumn())
            .Start(bars => work(new StepBars(bars)));
    }
}
