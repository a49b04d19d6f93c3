using System.Globalization;
using CellStitch.Core.Interpolation;
using CellStitch.Core.IO;
using CellStitch.Core.Volumes;
using CellStitch.Segmentation.Flows;
using CellStitch.Segmentation.Stacks;

namespace CellStitch.Cli.Local;

/// <summary>A raw stack and how its slices become masks.</summary>
/// <param name="Raw">File of the stack.</param>
/// <param name="Channel">Its channel, from 1; null where there is only one.</param>
/// <param name="Options">Options of the segmentation.</param>
/// <param name="Model">File of the network; null for the one that comes with the program.</param>
/// <param name="Threads">Slices that are segmented at once.</param>
internal sealed record SegmentRequest(string Raw, int? Channel, SegmentationOptions Options, string? Model, int Threads)
{
    /// <summary>Whether layers are put between the layers of the stack before it is segmented.</summary>
    public bool InterpolateFirst { get; init; }
}

/// <summary>The masks of a stack that were written.</summary>
/// <param name="Setup">What was decided for the stack.</param>
/// <param name="Masks">Number of masks by file.</param>
/// <param name="Layers">The layers of the masks that are layers of the stack.</param>
/// <param name="VoxelSize">Voxel size of the stack, if known.</param>
internal sealed record SegmentedStack(SegmentationSetup Setup, IReadOnlyList<(string File, long Masks)> Masks, IReadOnlyList<int> Layers, VoxelSize? VoxelSize);

/// <summary>Segments the slices of a file in all three directions.</summary>
internal static class RawSegmentation
{
    // Voxels held at once, at 12 bytes each.
    private const long SlabVoxels = 32 << 20;

    private static readonly string[] Names = ["xy.tif", "xz.tif", "yz.tif"];

    /// <summary>Writes xy.tif, xz.tif and yz.tif; xy.tif alone where there is only one layer.</summary>
    public static SegmentedStack Write(SegmentRequest request, OutputFolder output, IProgress<Step> steps, CancellationToken cancellation)
    {
        using RawReader stack = RawReader.Open(request.Raw, request.Channel);
        double spread = request.InterpolateFirst ? AnisotropyOf(stack, request.Options) : 1;
        using FlowNetwork? network = request.Options.Method == SegmentationMethod.Onnx ? FlowNetwork.Open(request.Model ?? FlowNetwork.DefaultModelPath) : null;
        steps.Report(new Step("looking at the stack", 0));
        var setup = SegmentationSetup.Decide(stack, request.Options, network, cancellation);
        IRawSource raw = request.InterpolateFirst ? new LinearLayers(stack, spread) : stack;
        setup = request.InterpolateFirst ? setup with { Anisotropy = 1 } : setup;
        steps.Report(new Step("looking at the stack", 1));
        var written = new List<(string, long)>();
        for (int i = 0; i < (raw.Shape.Depth == 1 ? 1 : Names.Length); i++)
        {
            string name = $"{Names[i][..2].ToUpperInvariant()} slices";
            OutputFile file = output.Create(Names[i], request.Raw);
            written.Add((Names[i], Write(raw, setup, network, Slab.Axes[i], request.Threads, file.Stream, StepsOf.Share(steps, name), cancellation)));
        }

        return new SegmentedStack(setup, written, [.. Enumerable.Range(0, stack.Shape.Depth).Select(z => Interpolator.PositionOf(z, spread))], stack.VoxelSize);
    }

    private static double AnisotropyOf(RawReader stack, SegmentationOptions options) => (options.Anisotropy ?? stack.VoxelSize?.Anisotropy) switch
    {
        null => throw new InvalidMaskException(MaskFault.NotOneChannel, stack.Name, null, "states no voxel size, so the layers in between cannot be placed; give --anisotropy."),
        <= 1 => throw new InvalidMaskException(
            MaskFault.NotOneChannel,
            stack.Name,
            null,
            string.Create(CultureInfo.InvariantCulture, $"its anisotropy is {options.Anisotropy ?? stack.VoxelSize?.Anisotropy}, so there is nothing to interpolate; expected above 1.")),
        { } stated => stated,
    };

    // Slabs wait in temporary files until the largest label, and with it the pixel type of the file, is known.
    private static long Write(
        IRawSource raw,
        SegmentationSetup setup,
        FlowNetwork? network,
        VolumeAxis axis,
        int threads,
        Stream file,
        IProgress<double> progress,
        CancellationToken cancellation)
    {
        IReadOnlyList<Slab> slabs = Slab.Of(raw.Shape, axis, SlabVoxels);
        int slices = slabs.Sum(slab => slab.Count);
        var files = new List<FileStream>();
        var stored = new List<ILayerSource>();
        try
        {
            (int done, uint largest, long masks) = (0, 0, 0);
            foreach (Slab slab in slabs)
            {
                LabelVolume labels = slab.Segment(
                    raw, setup, network, threads, () => progress.Report((double)Interlocked.Increment(ref done) / (slices + 1)), cancellation);
                masks += slab.CountMasks(labels);
                if (slabs.Count == 1)
                {
                    stored.Add(labels);
                }
                else
                {
                    FileStream temporary = Temporary();
                    files.Add(temporary);
                    using (var slabWriter = new TiffWriter(temporary, threads))
                    {
                        labels.CopyTo(slabWriter, labels.LargestLabel(), cancellation);
                    }

                    stored.Add(TiffReader.Open(temporary, raw.Name, TiffLimits.OwnFile));
                }

                largest = Math.Max(largest, labels.LargestLabel());
            }

            using var joined = new JoinedSlabs(raw.Name, axis, stored, raw.VoxelSize);
            using var writer = new TiffWriter(file, threads);
            joined.CopyTo(writer, largest, cancellation);
            progress.Report(1);
            return masks;
        }
        finally
        {
            files.ForEach(temporary => temporary.Dispose());
        }
    }

    private static FileStream Temporary() => new(
        Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose);
}
