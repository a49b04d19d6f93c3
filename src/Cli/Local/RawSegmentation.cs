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
internal sealed record SegmentRequest(string Raw, int? Channel, SegmentationOptions Options, string? Model, int Threads);

/// <summary>The masks of a stack that were written.</summary>
/// <param name="Setup">What was decided for the stack.</param>
/// <param name="Masks">Number of masks by file.</param>
internal sealed record SegmentedStack(SegmentationSetup Setup, IReadOnlyList<(string File, long Masks)> Masks);

/// <summary>Segments the slices of a file in all three directions.</summary>
internal static class RawSegmentation
{
    // Voxels held at once, at 12 bytes each.
    private const long SlabVoxels = 32 << 20;

    private static readonly string[] Names = ["xy.tif", "xz.tif", "yz.tif"];

    /// <summary>Writes xy.tif, xz.tif and yz.tif; xy.tif alone where there is only one layer.</summary>
    public static SegmentedStack Write(SegmentRequest request, OutputFolder output, IProgress<Step> steps, CancellationToken cancellation)
    {
        using RawReader raw = RawReader.Open(request.Raw, request.Channel);
        using FlowNetwork? network = request.Options.Method == SegmentationMethod.Onnx ? FlowNetwork.Open(request.Model ?? FlowNetwork.DefaultModelPath) : null;
        steps.Report(new Step("looking at the stack", 0));
        var setup = SegmentationSetup.Decide(raw, request.Options, network, cancellation);
        steps.Report(new Step("looking at the stack", 1));
        var written = new List<(string, long)>();
        for (int i = 0; i < (raw.Shape.Depth == 1 ? 1 : Names.Length); i++)
        {
            string name = $"{Names[i][..2].ToUpperInvariant()} slices";
            OutputFile file = output.Create(Names[i], request.Raw);
            written.Add((Names[i], Write(raw, setup, network, Slab.Axes[i], request.Threads, file.Stream, StepsOf.Share(steps, name), cancellation)));
        }

        return new SegmentedStack(setup, written);
    }

    // Slabs wait in temporary files until the largest label, and with it the pixel type of the file, is known.
    private static long Write(
        RawReader raw,
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

            using var joined = new JoinedSlabs(raw.Name, axis, stored, raw.Info.VoxelSize);
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
