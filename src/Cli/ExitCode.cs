namespace CellStitch.Cli;

/// <summary>What the process returns.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>An input or output file cannot be used; one line on stderr says why.</summary>
    public const int BadInput = 1;

    /// <summary>The command line does not say what to do.</summary>
    public const int Usage = 2;

    /// <summary>Ctrl-C: 128 + SIGINT, as shells have it.</summary>
    public const int Cancelled = 130;
}
