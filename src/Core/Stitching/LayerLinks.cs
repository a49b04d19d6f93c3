using CellStitch.Core.Transport;

namespace CellStitch.Core.Stitching;

/// <summary>
/// What was decided for one layer pair: which source slice each target slice continues. It follows from the original masks of the two layers
/// alone, so pairs are decided in any order or at once (docs/algorithm.md, "What makes it fast").
/// </summary>
/// <param name="SourceLayer">Layer p.</param>
/// <param name="TargetLayer">Layer z, the next non-empty one after p.</param>
/// <param name="SourceOf">For each target slice (by first pixel) the position of its source slice in layer p, or <see cref="NewCell"/>.</param>
/// <param name="RejectedByVote">Target slices that became new cells because the projections voted against their match.</param>
public sealed record LayerLinks(int SourceLayer, int TargetLayer, int[] SourceOf, int RejectedByVote)
{
    /// <summary>The entry of <see cref="SourceOf"/> for a slice that begins a new cell.</summary>
    public const int NewCell = -1;

    /// <summary>How sure the decision on each target slice is.</summary>
    internal LinkFigures[] Figures { get; private init; } = [];

    /// <summary>Links across one or more empty layers.</summary>
    internal int BridgedGaps => TargetLayer - SourceLayer > 1 ? SourceOf.Count(source => source != NewCell) : 0;

    /// <summary>Transport, trace and vote of one layer pair.</summary>
    /// <param name="pair">The overlaps of the two layers.</param>
    /// <param name="sourceLayer">Layer p.</param>
    /// <param name="targetLayer">Layer z.</param>
    /// <param name="solve">The exact transport solver.</param>
    /// <param name="rejectionThreshold">Largest share of rejecting votes with which a match stands, in [0, 1].</param>
    public static LayerLinks Decide(
        LayerPair pair, int sourceLayer, int targetLayer, Func<TransportProblem, TransportPlan> solve, double rejectionThreshold) =>
        Decide(pair, JaccardCost.Arcs(pair), sourceLayer, targetLayer, solve, rejectionThreshold);

    internal static LayerLinks Decide(
        LayerPair pair,
        TransportArc[] arcs,
        int sourceLayer,
        int targetLayer,
        Func<TransportProblem, TransportPlan> solve,
        double rejectionThreshold)
    {
        TransportPlan plan = solve(JaccardCost.Problem(pair, arcs));
        return Vote(pair, CellTrace.Sources(pair, CellTrace.Targets(pair, plan)), sourceLayer, targetLayer, rejectionThreshold);
    }

    /// <summary>What the projections leave of a matching.</summary>
    /// <param name="pair">The overlaps of the two layers.</param>
    /// <param name="sources">For each dense target index the dense source index it is matched with, 0 for none.</param>
    /// <param name="sourceLayer">Layer p.</param>
    /// <param name="targetLayer">Layer z.</param>
    /// <param name="rejectionThreshold">Largest share of rejecting votes with which a match stands, in [0, 1].</param>
    internal static LayerLinks Vote(LayerPair pair, int[] sources, int sourceLayer, int targetLayer, double rejectionThreshold)
    {
        int[] rejecting = RejectionVote.Count(pair);

        var sourceOf = new int[pair.Targets.Length];
        int rejectedByVote = 0;
        for (int y = 1; y <= sourceOf.Length; y++)
        {
            bool accepted = RejectionVote.Accepts(rejecting[y], pair.TargetPixels(y), rejectionThreshold);
            sourceOf[y - 1] = sources[y] != 0 && accepted ? sources[y] - 1 : NewCell;
            rejectedByVote += sources[y] != 0 && !accepted ? 1 : 0;
        }

        return new LayerLinks(sourceLayer, targetLayer, sourceOf, rejectedByVote) { Figures = LinkFigures.Of(pair, sourceOf, rejecting) };
    }
}
