using CellStitch.Core.IO;
using CellStitch.Core.IO.Npy;
using CellStitch.Core.Stitching;
using CellStitch.Core.Volumes;

namespace CellStitch.Cli;

/// <summary>The files of the three mask stacks, as named on the command line.</summary>
/// <param name="Xy">XY masks.</param>
/// <param name="Xz">XZ masks; null when there are no projections.</param>
/// <param name="Yz">YZ masks; null when there are no projections.</param>
/// <param name="AxesXz">How the XZ file is stored; null to go by its dimensions.</param>
/// <param name="AxesYz">How the YZ file is stored; null to go by its dimensions.</param>
internal sealed record MaskFiles(string Xy, string? Xz = null, string? Yz = null, AxisOrder? AxesXz = null, AxisOrder? AxesYz = null)
{
    public IEnumerable<string?> Paths => [Xy, Xz, Yz];
}

/// <summary>Mask stacks that are open for reading, and what there is to say about them.</summary>
internal sealed class OpenMasks : IDisposable
{
    private readonly List<ILayerSource> _open = [];
    private readonly List<string> _notes = [];

    /// <summary>What the user should know, complete once the masks have been read.</summary>
    public IReadOnlyList<string> Warnings =>
    [
        .. _notes,
        .. _open.OfType<EightBitMasks>().Where(masks => masks.Full).Select(masks => masks.Warning),
    ];

    /// <summary>Opens the files. A projection that is stored slice by slice is first rewritten by layer into a temporary file.</summary>
    /// <param name="files">The files.</param>
    /// <param name="folder">Where a temporary file goes: beside the result there is room for one.</param>
    /// <param name="threads">Threads for the rewriting.</param>
    /// <param name="cancellation">Ctrl-C.</param>
    /// <exception cref="InvalidMaskException">A file cannot be used, or the stacks do not belong together.</exception>
    public MaskStacks Open(MaskFiles files, string? folder, int threads, CancellationToken cancellation)
    {
        ILayerSource xy = Open(files.Xy);
        if (xy.VoxelSize is null)
        {
            _notes.Add(MaskWarnings.NoVoxelSize(xy.Name));
        }

        if (files.Xz is null || files.Yz is null)
        {
            _notes.Add(MaskWarnings.NoVotes);
            return new MaskStacks(xy);
        }

        return new MaskStacks(xy, ByLayer(files.Xz, files.AxesXz, Projection.Xz), ByLayer(files.Yz, files.AxesYz, Projection.Yz));

        ILayerSource ByLayer(string path, AxisOrder? given, Projection projection)
        {
            ILayerSource stored = Open(path);
            AxisOrder order = given ?? AxisOrders.Recognise(stored, xy.Shape, projection);
            AxisOrders.Check(stored, xy.Shape, order);
            if (order == AxisOrder.ZYX)
            {
                return stored;
            }

            ILayerSource repacked = SliceRepacker.Repack(stored, order, folder, threads, cancellation);
            _open.Add(repacked);
            return repacked;
        }
    }

    public void Dispose()
    {
        foreach (ILayerSource stack in _open)
        {
            stack.Dispose();
        }
    }

    private ILayerSource Open(string path)
    {
        ILayerSource file = LabelFile.Open(path);
        ILayerSource masks = file is TiffReader { Info.Bits: 8 } or NpyMasks { Bits: 8 } ? new EightBitMasks(file) : file;
        _open.Add(masks);
        if (file is TiffReader tiff)
        {
            _notes.AddRange(tiff.Info.Warnings.Select(warning => $"{file.Name}: {warning}"));
        }

        return masks;
    }
}
