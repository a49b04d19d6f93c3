namespace CellStitch.Core.Stitching;

/// <summary>How sure the decision on a slice of profile <c>paper</c> is (docs/algorithm.md, "Confidence").</summary>
/// <param name="Margin">
/// In units of 10⁻⁹ (<see cref="JaccardCost.One"/>). Of a slice y that continues x: the least cost of x and of y with another slice, at most 1, less their own; it may be
/// negative. Of a slice that begins a cell: the least cost with any slice before it, less 1: 0 when it overlaps none.
/// </param>
/// <param name="Rejecting">Rejecting votes against the link; 0 without one.</param>
internal readonly record struct LinkFigures(int Margin, int Rejecting)
{
    /// <summary>The figures of every target slice of a layer pair, by first pixel.</summary>
    /// <param name="pair">The overlaps of the two layers.</param>
    /// <param name="sourceOf"><see cref="LayerLinks.SourceOf"/>.</param>
    /// <param name="rejecting">What <see cref="RejectionVote.Count"/> returned.</param>
    public static LinkFigures[] Of(LayerPair pair, int[] sourceOf, int[] rejecting)
    {
        // The two largest savings, 1 − C, of every slice with slices of the other layer; background is none.
        var ofSources = new TwoLargest[pair.Sources.Length + 1];
        var ofTargets = new TwoLargest[pair.Targets.Length + 1];
        int[] own = new int[pair.Targets.Length + 1];
        foreach (SliceOverlap overlap in pair.Overlaps)
        {
            (int x, int y) = (overlap.Source, overlap.Target);
            if (x != 0 && y != 0)
            {
                int saved = JaccardCost.One - JaccardCost.Of(overlap.Pixels, pair.SourcePixels(x), pair.TargetPixels(y));
                ofSources[x].Add(saved);
                ofTargets[y].Add(saved);
                own[y] = sourceOf[y - 1] + 1 == x ? saved : own[y];
            }
        }

        var figures = new LinkFigures[sourceOf.Length];
        for (int y = 1; y <= figures.Length; y++)
        {
            int x = sourceOf[y - 1] + 1;
            figures[y - 1] = sourceOf[y - 1] == LayerLinks.NewCell
                ? new LinkFigures(-ofTargets[y].Largest, 0)
                : new LinkFigures(own[y] - Math.Max(ofTargets[y].Without(own[y]), ofSources[x].Without(own[y])), rejecting[y]);
        }

        return figures;
    }

    private struct TwoLargest
    {
        private int _second;

        public int Largest { get; private set; }

        public void Add(int value)
        {
            _second = Math.Max(_second, Math.Min(Largest, value));
            Largest = Math.Max(Largest, value);
        }

        // The largest of the others.
        public readonly int Without(int value) => value == Largest ? _second : Largest;
    }
}
