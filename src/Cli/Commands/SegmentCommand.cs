using System.CommandLine;
using CellStitch.Cli.Local;

namespace CellStitch.Cli.Commands;

/// <summary><c>cellstitch segment</c>: a raw stack to the 2D masks that stitch reads.</summary>
internal sealed class SegmentCommand : MaskCommand
{
    public SegmentCommand()
        : base(
            "segment",
            "Makes 2D masks of the XY, XZ and YZ slices of a raw stack.",
            "Receives xy.tif, xz.tif and yz.tif.",
            "cellstitch segment raw.tif -o masks",
            "cellstitch segment raw.tif -o masks --diameter 24 --channel 2",
            "cellstitch segment raw.tif -o masks --method classic")
    {
    }

    /// <summary>Writes the masks of a stack into a folder.</summary>
    public static SegmentedStack Segment(SegmentRequest request, string folder, Terminal terminal, CancellationToken cancellation)
    {
        using var output = new OutputFolder(folder);
        SegmentedStack segmented = terminal.Track(steps => RawSegmentation.Write(request, output, steps, cancellation));
        output.Commit();
        terminal.Warn(segmented.Setup.Warnings);
        return segmented;
    }

    protected override Work Read(ParseResult arguments)
    {
        SegmentRequest request = RequestOf(arguments);
        string folder = OutputOf(arguments);
        return (terminal, cancellation) =>
        {
            SegmentedStack segmented = Segment(request, folder, terminal, cancellation);
            terminal.Output.WriteLine($"{folder}: masks of {Path.GetFileName(request.Raw)}");
            TextTable.Write(terminal.Output, [.. segmented.Masks.Select(file => new object[] { file.Masks, $"masks in the slices of {file.File}" })]);
            return ExitCode.Done;
        };
    }
}
