using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using CellStitch.Cli.Commands;

namespace CellStitch.Cli;

/// <summary>The program <c>cellstitch</c>: its commands, and how a command line becomes an exit code.</summary>
internal static class CommandLine
{
    public static RootCommand Root()
    {
        RootCommand root = new("Turns 2D cell masks of a microscope stack into 3D cells by optimal transport.")
        {
            new StitchCommand(),
            new StitchIouCommand(),
            new SegmentCommand(),
            new Segment3DCommand(),
            new RunCommand(),
            new InterpolateCommand(),
            new EvaluateCommand(),
            new InfoCommand(),
            new SynthCommand(),
            new DemoCommand(),
            new HostCommand(),
            new SubmitCommand(),
            new StatusCommand(),
            new FetchCommand(),
            new WatchCommand(),
            new DoctorCommand(),
        };

        HelpOption help = root.Options.OfType<HelpOption>().Single();
        var examples = new HelpWithExamples((HelpAction)help.Action!);
        help.Action = examples;

        // Without a command there is nothing to do, but much to say.
        root.SetAction(arguments =>
        {
            examples.Invoke(arguments);
            return ExitCode.Usage;
        });
        return root;
    }

    public static int Run(IReadOnlyList<string> args, Terminal terminal, CancellationToken cancellation)
    {
        ParseResult arguments = Root().Parse(args);
        if (arguments.Errors.Count > 0)
        {
            return RefuseUsage(arguments, terminal);
        }

        // --help and --version bring their own action.
        return arguments is { Action: null, CommandResult.Command: CliCommand command }
            ? command.Run(arguments, terminal, cancellation)
            : arguments.Invoke(new InvocationConfiguration { Output = terminal.Output, Error = terminal.Error, EnableDefaultExceptionHandler = false });
    }

    private static int RefuseUsage(ParseResult arguments, Terminal terminal)
    {
        foreach (string message in arguments.Errors.Select(error => error.Message).Distinct())
        {
            terminal.Fault(message);
        }

        string command = arguments.CommandResult.Command is CliCommand named ? $"cellstitch {named.Name}" : "cellstitch";
        terminal.Error.WriteLine($"See '{command} --help'.");
        return ExitCode.Usage;
    }

    // The library's help has no place for examples.
    private sealed class HelpWithExamples(HelpAction help) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            help.Invoke(parseResult);
            TextWriter output = parseResult.InvocationConfiguration.Output;
            if (parseResult.CommandResult.Command is CliCommand command)
            {
                output.WriteLine(command.Examples.Count == 1 ? "Example:" : "Examples:");
                foreach (string example in command.Examples)
                {
                    output.WriteLine($"  {example}");
                }

                output.WriteLine();
            }
            else
            {
                output.WriteLine("'cellstitch COMMAND --help' shows the options of a command and an example.");
                output.WriteLine();
            }

            return ExitCode.Done;
        }
    }
}
