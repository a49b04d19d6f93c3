using CellStitch.Core.Volumes;
using CellStitch.Segmentation.Classic;
using CellStitch.Segmentation.Flows;
using CellStitch.Segmentation.Stacks;

namespace CellStitch.Segmentation.Systems;

/// <summary>
/// 3D seeded watershed, the classical system without a network (docs/systems.md, "3D seeded watershed"): the steps of the method <c>classic</c>, in the volume instead of its
/// slices. Layers that are farther apart count as such, in the smoothing and in the distances.
/// </summary>
public static class SeededWatershed
{
    /// <summary>Voxels of the smallest cell that stays, unless said otherwise; as Cellpose has it.</summary>
    public const int DefaultMinimumVolume = 15;

    /// <summary>Segments a stack, which is held in memory.</summary>
    /// <param name="raw">The stack.</param>
    /// <param name="setup">What was decided for it by the method <see cref="SegmentationMethod.Classic"/>.</param>
    /// <param name="minimumVolume">Cells of fewer voxels are removed.</param>
    /// <param name="threads">Lines worked on at once, at least 1. The result does not depend on it.</param>
    /// <param name="progress">Receives the share of the work done.</param>
    /// <param name="cancellation">Checked between and within the steps.</param>
    /// <returns>Labels 1 … K by first voxel.</returns>
    /// <exception cref="InvalidMaskException">The stack cannot be read, or does not fit into memory.</exception>
    /// <exception cref="ArgumentException">The setup was decided for another method.</exception>
    public static LabelVolume Segment(
        IRawSource raw,
        SegmentationSetup setup,
        int minimumVolume = DefaultMinimumVolume,
        int threads = 1,
        IProgress<double>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        if (setup.Method != SegmentationMethod.Classic)
        {
            throw new ArgumentException("The setup must be decided for the method classic, which says what is bright.", nameof(setup));
        }

        InMemory.Require(raw);
        float[] voxels = InMemory.Read(raw, setup.Range, setup.Contrast, cancellation);
        var steps = new Steps(raw.Shape, setup, threads, progress, cancellation);
        int[] labels = setup.Part == BrightPart.Membranes ? steps.Cells(voxels) : steps.Nuclei(voxels);
        labels = MaskHoles.FillAndDrop(labels, raw.Shape, minimumVolume);
        progress?.Report(1);
        return InMemory.Number(labels, raw);
    }

    /// <summary>The steps, with lengths in diameters of a cell (<see cref="ClassicSegmenter"/> says where they come from).</summary>
    private sealed class Steps(VolumeShape shape, SegmentationSetup setup, int threads, IProgress<double>? progress, CancellationToken cancellation)
    {
        // Whatever lies outside the tissue is one large basin.
        private const double LargestCells = 5;

        public int[] Cells(float[] voxels)
        {
            float[] smooth = Smooth(voxels, ClassicSegmenter.MembraneSigma);
            Done(0.3);
            int[] labels = PersistentBasins.Label(smooth, null, shape, ClassicSegmenter.WallHeight, cancellation);
            Done(0.9);
            int[] sizes = new int[labels.Max() + 1];
            foreach (int label in labels)
            {
                sizes[label]++;
            }

            double largest = LargestCells * Math.PI / 6 * Math.Pow(setup.Diameter, 3) / setup.Anisotropy;
            for (int i = 0; i < labels.Length; i++)
            {
                labels[i] = sizes[labels[i]] > largest ? 0 : labels[i];
            }

            return labels;
        }

        public int[] Nuclei(float[] voxels)
        {
            float[] smooth = Smooth(voxels, ClassicSegmenter.NucleusSigma);
            Done(0.1);
            float[] surroundings = Smooth(voxels, ClassicSegmenter.SurroundingsSigma);
            Done(0.3);
            var bright = new bool[smooth.Length];
            for (int i = 0; i < bright.Length; i++)
            {
                bright[i] = smooth[i] > ClassicSegmenter.ShareOfThreshold * setup.Threshold && smooth[i] > surroundings[i];
            }

            float[] depth = DistanceMap.Inside(bright, shape, setup.Anisotropy, threads, cancellation);
            depth = Smooth(depth, ClassicSegmenter.DepthSigma);
            Done(0.5);
            for (int i = 0; i < depth.Length; i++)
            {
                depth[i] = -depth[i];
            }

            int[] labels = PersistentBasins.Label(depth, bright, shape, ClassicSegmenter.WaistDepth * setup.Diameter, cancellation);
            Done(0.9);
            return labels;
        }

        private float[] Smooth(float[] voxels, double diameters)
        {
            double sigma = diameters * setup.Diameter;
            return Smoothing.Gaussian(voxels, shape, sigma / setup.Anisotropy, sigma, threads, cancellation);
        }

        private void Done(double share)
        {
            cancellation.ThrowIfCancellationRequested();
            progress?.Report(share);
        }
    }
}
