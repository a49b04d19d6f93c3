using System.CommandLine;
using CellStitch.Core.IO;
using CellStitch.Core.IO.Npy;
using CellStitch.Core.Volumes;

namespace CellStitch.Cli.Commands;

/// <summary><c>cellstitch info</c>: what TIFF and numpy files hold, and whether they can be used.</summary>
internal sealed class InfoCommand : CliCommand
{
    private readonly Argument<string[]> _files;
    private readonly Option<bool> _masks;

    public InfoCommand()
        : base(
            "info",
            "Says what TIFF files, or the _seg.npy of Cellpose, hold, and checks every page.",
            "cellstitch info xy.tif xz.tif yz.tif --masks")
    {
        _files = new Argument<string[]>("FILE") { Description = "TIFF or numpy files.", Arity = ArgumentArity.OneOrMore };
        Add(_files);
        _masks = AddSwitch("--masks", "The files must hold masks; by default a raw stack will do.");
    }

    protected override Work Read(ParseResult arguments)
    {
        string[] files = arguments.GetRequiredValue(_files);
        bool masks = arguments.GetValue(_masks);
        return (terminal, cancellation) =>
        {
            int worst = ExitCode.Done;
            foreach (string file in files)
            {
                // One bad file does not hide what the others hold.
                int code = Faults.Guard(terminal, this, () => Describe(file, masks, terminal.Output, cancellation), cancellation);
                worst = Math.Max(worst, code);
                if (code == ExitCode.Cancelled)
                {
                    break;
                }
            }

            return worst;
        };
    }

    private static int Describe(string path, bool mustBeMasks, TextWriter output, CancellationToken cancellation)
    {
        if (File.Exists(path) && NpyMasks.Is(path))
        {
            return DescribeNumpy(path, output, cancellation);
        }

        TiffInfo info = TiffInfo.Check(path, mustBeMasks, cancellation: cancellation);
        InvalidMaskException? fault = mustBeMasks
            ? null
            : info.LabelFault ?? Faults.Find(() => TiffInfo.Check(path, asLabels: true, cancellation: cancellation));
        output.WriteLine(path);
        TextTable.Write(
            output,
            [
                ["pixels", $"{info.Shape} (z × y × x) {info.PixelType}"],
                .. Several("channels", info.Channels),
                .. Several("time frames", info.Frames),
                ["voxel size", VoxelSize(info)],
                ["stored as", Storage(info)],
                ["usable as", fault is null ? "masks, or a raw stack: whole numbers from 0" : "a raw stack"],
                .. fault is null ? [] : new object[][] { ["no masks", fault.Message] },
                .. info.Warnings.Select(warning => new object[] { "note", warning }),
            ]);
        return ExitCode.Done;
    }

    private static int DescribeNumpy(string path, TextWriter output, CancellationToken cancellation)
    {
        using var masks = NpyMasks.Open(path);
        uint[] layer = new uint[masks.Shape.LayerPixels];
        for (int z = 0; z < masks.Shape.Depth; z++)
        {
            cancellation.ThrowIfCancellationRequested();
            masks.ReadLayer(z, layer);
        }

        output.WriteLine(path);
        TextTable.Write(output, ["pixels", $"{masks.Shape} (z × y × x) {masks.PixelType}"], ["voxel size", "not stated"], ["stored as", "numpy"], ["usable as", "masks: whole numbers from 0"]);
        return ExitCode.Done;
    }

    private static IEnumerable<object[]> Several(string what, int count) => count > 1 ? [[what, $"{count}"]] : [];

    private static string VoxelSize(TiffInfo info)
    {
        (double? z, double? y, double? x) = info.SpacingUm;
        return info.SpacingSource switch
        {
            VoxelSizeSource.None => "not stated",
            VoxelSizeSource.Ome => $"{Um(z)} × {Um(y)} × {Um(x)} µm (OME-XML)",
            VoxelSizeSource.ImageJ => $"{Um(z)} × {Um(y)} × {Um(x)} µm (ImageJ)",
            _ => $"{Um(z)} × {Um(y)} × {Um(x)} µm (resolution tags)",
        };
    }

    private static string Um(double? length) => length is { } um ? FormattableString.Invariant($"{um:0.####}") : "?";

    private static string Storage(TiffInfo info)
    {
        string kind = info.BigTiff ? "BigTIFF" : "TIFF";
        string order = info.BigEndian ? "big-endian" : "little-endian";
        string chunks = info.Tiled ? $"tiles of {info.ChunkHeight} × {info.ChunkWidth}" : $"strips of {info.ChunkHeight} rows";
        return $"{kind}, {order}, {info.Compression}, {chunks}";
    }
}
