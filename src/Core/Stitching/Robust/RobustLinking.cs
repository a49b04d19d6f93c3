using CellStitch.Core.Volumes;

namespace CellStitch.Core.Stitching;

/// <summary>
/// Profile <c>robust</c> without its pixels: evidence → agglomeration → waists → correction → labels. Every slice is painted by its own number, so the numbers of the
/// slices take the part of the cells of profile <c>paper</c>.
/// </summary>
internal sealed class RobustLinking
{
    private RobustLinking(FinalCells final, StitchSummary summary)
    {
        Final = final;
        Summary = summary;
    }

    /// <summary>The label of every slice.</summary>
    public FinalCells Final { get; }

    public StitchSummary Summary { get; }

    /// <summary>Decides what every slice belongs to.</summary>
    /// <param name="layers">The evidence of every layer, in order.</param>
    /// <param name="shape">Shape of the volume.</param>
    /// <param name="options">Options of the method.</param>
    /// <param name="run">Threads and cancellation.</param>
    public static RobustLinking Decide(IReadOnlyList<EvidenceLayer> layers, VolumeShape shape, StitchOptions options, LayerRuns run)
    {
        var graph = SliceGraph.Of(layers, shape.Depth, options.Linking, run);
        int[] clusters = Agglomeration.Clusters(graph, run);
        clusters = options.Linking.CutWaists ? Waists.Cut(graph, clusters, run) : clusters;
        int[] cellOf = Numbered(options.MaximumGap is { } most ? CutAtGaps(graph, clusters, most) : clusters);
        var fragments = new Fragments(graph, cellOf);
        int[] becomes = fragments.Absorb();
        int absorbed = becomes.Where((to, cell) => to != cell).Count();

        var dropped = new List<DroppedCell>();
        var gone = new HashSet<int>();
        foreach ((int cell, LinkedCell found, DropReason reason) in fragments.Drop(becomes, options))
        {
            SliceNode first = graph.Slices[found.FirstSlice];
            int z = options.Direction == StitchDirection.Down ? first.Layer : shape.Depth - 1 - found.LastLayer;
            dropped.Add(new DroppedCell(z, first.FirstPixel / shape.Width, first.FirstPixel % shape.Width, found.Layers, found.Voxels, reason));
            gone.Add(cell);
        }

        uint[] labels = Labels(layers, cellOf, becomes, gone, options.Direction);
        int cells = cellOf.Max();
        var final = new FinalCells(shape, labels, new bool[labels.Length], new bool[shape.Depth]);
        return new RobustLinking(final, new StitchSummary(
            Cells: (int)final.LargestLabel,
            Links: graph.Slices.Length - 1 - cells,
            NewCells: cells,
            RejectedByVote: 0,
            BridgedGaps: BridgedGaps(graph, labels),
            FilledHoles: 0,
            RemovedSmall: dropped.Count(cell => cell.Reason == DropReason.TooSmall),
            MergedSingleLayer: 0,
            RemovedSingleLayer: 0,
            EmptyLayers: layers.Count(layer => layer.Slices.Length == 0))
        {
            AbsorbedPieces = absorbed,
            SplitSlices = layers.Sum(layer => layer.Split.Slices),
            Dropped = dropped,
            Confidences = SliceMargins.Judge(graph, labels, run),
        });
    }

    // A cell ends where more layers are missing than may be.
    private static int[] CutAtGaps(SliceGraph graph, int[] clusters, int mostMissing)
    {
        int[] parts = new int[clusters.Length];
        var lastOf = new Dictionary<int, int>();
        for (int i = 1; i < clusters.Length; i++)
        {
            bool goesOn = lastOf.TryGetValue(clusters[i], out int last) && graph.Slices[i].Layer - graph.Slices[last].Layer - 1 <= mostMissing;
            parts[i] = goesOn ? parts[last] : i;
            lastOf[clusters[i]] = i;
        }

        return parts;
    }

    // Cells 1 … by their smallest slice.
    private static int[] Numbered(int[] clusters)
    {
        var cellOf = new int[clusters.Length];
        int cells = 0;
        for (int i = 1; i < clusters.Length; i++)
        {
            cellOf[i] = clusters[i] == i ? ++cells : cellOf[clusters[i]];
        }

        return cellOf;
    }

    // 1 … K by first appearance in the result: layer from the top, then first pixel.
    private static uint[] Labels(IReadOnlyList<EvidenceLayer> layers, int[] cellOf, int[] becomes, HashSet<int> gone, StitchDirection direction)
    {
        var labels = new uint[cellOf.Length];
        var number = new Dictionary<int, uint>();
        foreach (EvidenceLayer layer in direction == StitchDirection.Down ? layers : layers.Reverse())
        {
            for (int i = layer.FirstSlice; i < layer.FirstSlice + layer.Slices.Length; i++)
            {
                int cell = becomes[cellOf[i]];
                if (!gone.Contains(cell))
                {
                    labels[i] = number.TryGetValue(cell, out uint known) ? known : number[cell] = (uint)number.Count + 1;
                }
            }
        }

        return labels;
    }

    private static int BridgedGaps(SliceGraph graph, uint[] labels)
    {
        var last = new Dictionary<uint, int>();
        int gaps = 0;
        for (int i = 1; i < labels.Length; i++)
        {
            int layer = graph.Slices[i].Layer;
            if (labels[i] != 0)
            {
                gaps += last.TryGetValue(labels[i], out int before) && layer - before > 1 ? 1 : 0;
                last[labels[i]] = layer;
            }
        }

        return gaps;
    }
}
