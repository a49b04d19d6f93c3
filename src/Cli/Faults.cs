using System.Globalization;
using CellStitch.Core.Volumes;
using CellStitch.Functions.Jobs;
using CellStitch.Segmentation.Flows;

namespace CellStitch.Cli;

/// <summary>Turns what can go wrong with files into one line on stderr and an exit code. Anything else is a mistake in the program and ends it.</summary>
internal static class Faults
{
    private const string ParameterNote = " (Parameter '";

    /// <summary>Does the work; returns its exit code or that of its fault.</summary>
    /// <param name="terminal">Where the line goes.</param>
    /// <param name="command">Knows which option gave a value that is refused.</param>
    /// <param name="work">The work.</param>
    /// <param name="cancellation">Ctrl-C.</param>
    public static int Guard(Terminal terminal, CliCommand command, Func<int> work, CancellationToken cancellation)
    {
        try
        {
            return work();
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            terminal.Error.WriteLine("cancelled; no half-written file is left");
            return ExitCode.Cancelled;
        }
        catch (ArgumentException refused) when (command.OptionFor(refused.ParamName) is { } option)
        {
            // Behind the sentence the message carries the property's name, but the user knows the option.
            string sentence = refused.Message[..refused.Message.IndexOf(ParameterNote, StringComparison.Ordinal)];
            object? value = (refused as ArgumentOutOfRangeException)?.ActualValue;
            terminal.Fault(string.Create(CultureInfo.InvariantCulture, $"{option}{(value is null ? "" : " ")}{value}: {sentence}"));
            terminal.Error.WriteLine(command.HelpHint);
            return ExitCode.Usage;
        }
        catch (RunFaultException fault)
        {
            terminal.Fault(RunFaultException.Read(fault.Message).Message);
            return ExitCode.BadInput;
        }
        catch (Exception fault) when (fault is InvalidMaskException or InvalidModelException or IOException or UnauthorizedAccessException)
        {
            terminal.Fault(fault.Message);
            return ExitCode.BadInput;
        }
    }

    /// <summary>What is wrong with an input, if that is a thing to report rather than a reason to stop; null when nothing is.</summary>
    public static InvalidMaskException? Find(Action use)
    {
        try
        {
            use();
            return null;
        }
        catch (InvalidMaskException fault)
        {
            return fault;
        }
    }
}
