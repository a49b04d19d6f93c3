using CellStitch.Core.Volumes;

namespace CellStitch.Segmentation.Flows;

/// <summary>From the network's output to masks, and which masks stay.</summary>
internal sealed record MaskRules
{
    /// <summary>Pixels with a larger logit belong to cells.</summary>
    public double CellThreshold { get; init; }

    /// <summary>Largest flow error of a mask that stays; 0 keeps all.</summary>
    public double FlowThreshold { get; init; } = 0.4;

    /// <summary>
    /// Masks at the frame stay whatever their flow error: the true centre of a cell that the frame cuts may lie outside, where the network points to
    /// and the cut mask cannot. False is Cellpose's strict rule.
    /// </summary>
    public bool KeepsBorder { get; init; } = true;

    /// <summary>Pixels, at network scale, of the smallest mask that stays.</summary>
    public int SmallestMask { get; init; } = 15;

    /// <summary>Labels 1 … n at network scale.</summary>
    public int[] Masks(FlowField flows)
    {
        int[] labels = RawMasks(flows);
        if (FlowThreshold > 0)
        {
            RemoveDoubtful(labels, flows);
        }

        return MaskHoles.FillAndDrop(labels, new VolumeShape(1, flows.Height, flows.Width), SmallestMask);
    }

    /// <summary>Masks before the flow-error filter and the size rules.</summary>
    public int[] RawMasks(FlowField flows) => SinkClusters.Label(FlowDynamics.Sinks(flows, CellThreshold), new VolumeShape(1, flows.Height, flows.Width));

    private void RemoveDoubtful(int[] labels, FlowField flows)
    {
        bool[] removed = [.. MaskFlows.Errors(labels, flows).Select(error => error > FlowThreshold)];
        removed[0] = false;
        if (KeepsBorder)
        {
            for (int i = 0; i < labels.Length; i++)
            {
                (int y, int x) = Math.DivRem(i, flows.Width);
                if (y == 0 || x == 0 || y == flows.Height - 1 || x == flows.Width - 1)
                {
                    removed[labels[i]] = false;
                }
            }
        }

        for (int i = 0; i < labels.Length; i++)
        {
            if (removed[labels[i]])
            {
                labels[i] = 0;
            }
        }
    }
}
