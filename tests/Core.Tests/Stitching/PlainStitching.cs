using CellStitch.Core.Stitching;
using CellStitch.Core.Volumes;

namespace CellStitch.Core.Tests.Stitching;

/// <summary>
/// The method as a plain loop over volumes in memory: the public steps one layer pair after the other, and the final pass as the
/// published code does it (whole-volume scans, one label at a time). What the streaming stitcher is held against.
/// </summary>
internal static class PlainStitching
{
    /// <summary>Labels after propagation, before the final pass; cells numbered by first appearance.</summary>
    public static LabelVolume Propagate(MaskStacks stacks, StitchOptions options)
    {
        var volume = new LabelVolume(stacks.Shape);
        var relabeling = new Relabeling();
        int before = OverlapMeasurement.NoLayer;
        for (int z = 0; z < stacks.Shape.Depth; z++)
        {
            LayerPair pair = OverlapMeasurement.Measure(stacks, before, z, CancellationToken.None);
            LayerLinks? links = before == OverlapMeasurement.NoLayer || pair.Targets.IsEmpty
                ? null
                : LayerLinks.Decide(pair, before, z, options.Solve, options.RejectionThreshold);
            relabeling.Append(pair.Targets.Length, links);
            stacks.Xy.ReadLayer(z, volume.Layer(z));
            new LabelMap(pair.Targets, [.. relabeling.CellsOf(z).ToArray().Select(cell => (uint)cell)]).Paint(volume.Layer(z));
            before = pair.Targets.IsEmpty ? before : z;
        }

        return volume;
    }

    /// <summary>Size filter and hole filling, cell by cell in ascending order.</summary>
    public static void FillAndFilter(LabelVolume volume, int minimumVolume)
    {
        foreach (uint cell in Labels(volume.Voxels))
        {
            if (volume.Voxels.Count(cell) < minimumVolume)
            {
                volume.Voxels.Replace(cell, 0u);
                continue;
            }

            for (int z = 0; z < volume.Shape.Depth; z++)
            {
                uint[] layer = volume.Layer(z).ToArray();
                HoleFillingTests.FillPlainly(layer, volume.Shape.Height, volume.Shape.Width, other => other == cell);
                layer.CopyTo(volume.Layer(z));
            }
        }
    }

    /// <summary>The single-layer correction on the volume itself.</summary>
    public static void CorrectSingleLayers(LabelVolume volume, SingleLayerRule rule)
    {
        int depth = volume.Shape.Depth;
        if (rule == SingleLayerRule.Keep || depth == 1)
        {
            return;
        }

        var groups = new List<(int Z, List<uint> Cells)>();
        foreach (uint cell in Labels(volume.Voxels))
        {
            int[] layers = [.. Enumerable.Range(0, depth).Where(z => volume.Layer(z).Contains(cell))];
            if (layers.Length == 1)
            {
                if (!groups.Exists(group => group.Z == layers[0]))
                {
                    groups.Add((layers[0], []));
                }

                groups.Find(group => group.Z == layers[0]).Cells.Add(cell);
            }
        }

        foreach ((int z, List<uint> cells) in groups)
        {
            uint[] reference = volume.Layer(z == 0 ? 1 : z - 1).ToArray();
            uint[] atBeginning = volume.Layer(z).ToArray();
            foreach (uint cell in cells)
            {
                uint[] under = [.. reference.Where((_, i) => atBeginning[i] == cell)];
                uint replacement = rule == SingleLayerRule.Remove ? 0 : under.GroupBy(label => label).OrderByDescending(g => g.Count()).ThenBy(g => g.Key).First().Key;
                volume.Layer(z).Replace(cell, replacement);
            }
        }
    }

    /// <summary>Renumbers 1 … K by first appearance.</summary>
    public static LabelVolume Renumber(LabelVolume volume)
    {
        var numbers = new Dictionary<uint, uint> { [0] = 0 };
        foreach (ref uint voxel in volume.Voxels)
        {
            if (!numbers.TryGetValue(voxel, out uint number))
            {
                number = (uint)numbers.Count;
                numbers.Add(voxel, number);
            }

            voxel = number;
        }

        return volume;
    }

    /// <summary>All of it.</summary>
    public static LabelVolume Stitch(MaskStacks stacks, StitchOptions options)
    {
        LabelVolume volume = Propagate(stacks, options);
        FillAndFilter(volume, options.MinimumVolume);
        CorrectSingleLayers(volume, options.SingleLayer);
        return Renumber(volume);
    }

    private static uint[] Labels(ReadOnlySpan<uint> voxels) => [.. voxels.ToArray().Distinct().Where(label => label != 0).Order()];
}
