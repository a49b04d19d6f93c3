using CellStitch.Core.Stitching;
using CellStitch.Core.Volumes;

namespace CellStitch.Core.Tests.Stitching;

/// <summary>Random mask stacks whose layers resemble the one before, so that there is something to link; about every sixth is empty.</summary>
internal static class RandomStacks
{
    public static MaskStacks Make(Random random, int depth, int height, int width, int labels)
    {
        return new MaskStacks(Stack(random, depth, height, width, labels), Stack(random, depth, height, width, 2), Stack(random, depth, height, width, 2));
    }

    private static LabelVolume Stack(Random random, int depth, int height, int width, int labels)
    {
        var volume = new LabelVolume(new VolumeShape(depth, height, width));
        for (int z = 0; z < depth; z++)
        {
            if (random.Next(6) == 0)
            {
                continue;
            }

            uint[] fresh = RandomLayers.Runs(random, height, width, RandomLayers.Labels(random, labels, sparse: false), copy: 0.8);
            for (int i = 0; i < fresh.Length; i++)
            {
                volume.Layer(z)[i] = z > 0 && random.Next(3) > 0 ? volume.Layer(z - 1)[i] : fresh[i];
            }
        }

        return volume;
    }
}
