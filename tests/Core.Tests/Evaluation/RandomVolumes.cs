using CellStitch.Core.Evaluation;
using CellStitch.Core.Volumes;

namespace CellStitch.Core.Tests.Evaluation;

/// <summary>Seeded volumes, and volumes made from others.</summary>
internal static class RandomVolumes
{
    /// <summary>Labels 0 … <paramref name="labels"/>, each voxel by itself.</summary>
    public static LabelVolume Noise(int seed, VolumeShape shape, int labels)
    {
        var random = new Random(seed);
        return Map(new LabelVolume(shape), _ => (uint)random.Next(labels + 1));
    }

    /// <summary>The same partition under new labels, spread over all of 32 bits.</summary>
    public static LabelVolume Renamed(LabelVolume volume, int seed)
    {
        var random = new Random(seed);
        var names = new Dictionary<uint, uint> { [0] = 0 };
        var used = new HashSet<uint> { 0 };
        return Map(volume, label =>
        {
            while (!names.ContainsKey(label))
            {
                uint name = (uint)random.NextInt64(uint.MaxValue + 1L);
                if (used.Add(name))
                {
                    names.Add(label, name);
                }
            }

            return names[label];
        });
    }

    /// <summary>The volume with its axes turned: (z, y, x) becomes (x, z, y).</summary>
    public static LabelVolume Turned(LabelVolume volume)
    {
        VolumeShape shape = volume.Shape;
        var turned = new LabelVolume(new VolumeShape(shape.Width, shape.Depth, shape.Height));
        for (int z = 0; z < shape.Depth; z++)
        {
            for (int y = 0; y < shape.Height; y++)
            {
                for (int x = 0; x < shape.Width; x++)
                {
                    turned[x, z, y] = volume[z, y, x];
                }
            }
        }

        return turned;
    }

    public static InstanceOverlap Overlap(ILayerSource truth, ILayerSource predicted, int threads = 1)
    {
        return InstanceOverlap.Measure(truth, predicted, threads, cancellation: TestContext.Current.CancellationToken);
    }

    /// <summary>Two drawn layers.</summary>
    public static InstanceOverlap Overlap(string truth, string predicted) => Overlap(Mask.Volume(truth), Mask.Volume(predicted));

    public static SegmentationScores Scores(string truth, string predicted, bool strict = false)
    {
        return SegmentationScores.Of(Overlap(truth, predicted), strict);
    }

    private static LabelVolume Map(LabelVolume volume, Func<uint, uint> label)
    {
        var mapped = new LabelVolume(volume.Shape);
        for (int i = 0; i < mapped.Voxels.Length; i++)
        {
            mapped.Voxels[i] = label(volume.Voxels[i]);
        }

        return mapped;
    }
}
