namespace CellStitch.Core.Stitching;

/// <summary>A slice of the volume.</summary>
/// <param name="Layer">Its layer, in the order of the tracing.</param>
/// <param name="Pixels">Its area.</param>
/// <param name="FirstPixel">Smallest raster index in the layer.</param>
/// <param name="Support">Pixels with a cell in XZ plus pixels with a cell in YZ.</param>
internal readonly record struct SliceNode(int Layer, int Pixels, int FirstPixel, int Support);

/// <summary>The weighed evidence on two slices.</summary>
/// <param name="A">Slice with the smaller number.</param>
/// <param name="B">Slice with the larger number.</param>
/// <param name="Weight">W of slices of two layers, 0 in one layer.</param>
/// <param name="Union">|A ∪ B| of slices of two layers, 0 in one layer.</param>
/// <param name="Side">S of slices of one layer, 0 otherwise.</param>
internal readonly record struct SliceLink(int A, int B, long Weight, long Union, long Side);

/// <summary>Two slices of neighbouring non-empty layers that share pixels.</summary>
/// <param name="A">Slice with the smaller number.</param>
/// <param name="B">Slice with the larger number.</param>
/// <param name="Pixels">Pixels they share.</param>
/// <param name="Rejecting">Votes on these pixels against one cell.</param>
internal readonly record struct SliceContact(int A, int B, int Pixels, int Rejecting);

/// <summary>All slices and the evidence between them: what remains of the pixels when the linking begins.</summary>
internal sealed class SliceGraph
{
    // docs/algorithm.md, "Evidence": a rejecting vote cancels an agreeing one, less a tenth of the smaller slice, in units of 1/20.
    private const int PerVote = 10;

    // Where projections are silent a slice continues the other if more than 3/4 of the smaller one is shared.
    private const int PerSharedPixel = 20;
    private const int PerSilentPixel = 15;

    // Facing pixels: agreement, rejection and mere neighbourhood, in units of 1/10.
    private const int SideAgreeing = 10;
    private const int SideRejecting = 20;
    private const int SidePixel = 3;

    private SliceGraph(int depth, SliceNode[] slices, SliceLink[] links, SliceContact[] contacts, bool supported)
    {
        Depth = depth;
        Slices = slices;
        Links = links;
        Contacts = contacts;
        IsSupported = supported;
    }

    /// <summary>Layers of the volume.</summary>
    public int Depth { get; }

    /// <summary>The slices; entry 0 is unused.</summary>
    public SliceNode[] Slices { get; }

    /// <summary>The evidence, each pair of slices at most once.</summary>
    public SliceLink[] Links { get; }

    /// <summary>Pixels shared by slices of neighbouring non-empty layers.</summary>
    public SliceContact[] Contacts { get; }

    /// <summary>Whether the projections have a cell in at least half of all slices (their pixels, either projection): otherwise their silence means nothing.</summary>
    public bool IsSupported { get; }

    /// <summary>Weighs the evidence.</summary>
    /// <param name="layers">The layers in order.</param>
    /// <param name="depth">Layers of the volume.</param>
    /// <param name="rule">The choices.</param>
    /// <param name="run">Threads and cancellation.</param>
    public static SliceGraph Of(IReadOnlyList<EvidenceLayer> layers, int depth, LinkingRule rule, LayerRuns run)
    {
        var slices = new List<SliceNode> { default };
        foreach (EvidenceLayer layer in layers)
        {
            slices.AddRange(layer.Slices.Select(slice => new SliceNode(layer.Layer, slice.Pixels, slice.FirstPixel, slice.Support)));
        }

        SliceNode[] nodes = [.. slices];
        var links = new SliceLink[layers.Count][];
        var contacts = new SliceContact[layers.Count][];
        run.For(layers.Count, i =>
        {
            links[i] = Weigh(layers[i], rule, nodes);
            contacts[i] = [.. layers[i].Overlaps[0].Select(pair => new SliceContact(pair.A, pair.B, pair.Pixels, pair.Rejecting))];
        });
        return new SliceGraph(depth, nodes, Joined(links), Joined(contacts), HasSupport(nodes));
    }

    private static bool HasSupport(SliceNode[] slices)
    {
        long support = slices.Sum(slice => (long)slice.Support);
        return support > 0 && support >= slices.Sum(slice => (long)slice.Pixels);
    }

    private static T[] Joined<T>(T[][] parts)
    {
        var joined = new T[parts.Sum(part => part.Length)];
        int next = 0;
        foreach (T[] part in parts)
        {
            part.CopyTo(joined, next);
            next += part.Length;
        }

        return joined;
    }

    private static SliceLink[] Weigh(EvidenceLayer layer, LinkingRule rule, SliceNode[] slices)
    {
        var links = new List<SliceLink>(layer.Overlaps.Sum(pairs => pairs.Length) + layer.Neighbours.Length);
        for (int d = 0; d < layer.Overlaps.Length && EvidenceMeasurement.Distances[d] <= rule.LongestDistance; d++)
        {
            Weigh(layer.Overlaps[d], neighbours: d == 0, rule.PerSmallerPixel, slices, links);
        }

        if (rule.SeveralPerLayer)
        {
            foreach (SliceVotes pair in layer.Neighbours)
            {
                long side = (SideAgreeing * (long)pair.Agreeing) - (SideRejecting * (long)pair.Rejecting) - (SidePixel * (long)pair.Pixels);
                links.Add(new SliceLink(pair.A, pair.B, 0, 0, side));
            }
        }

        return [.. links];
    }

    private static void Weigh(SliceVotes[] pairs, bool neighbours, int perSmallerPixel, SliceNode[] slices, List<SliceLink> links)
    {
        // Votes a pair could cast: two per shared pixel.
        long possible = pairs.Sum(pair => 2L * pair.Pixels);
        long cast = pairs.Sum(pair => (long)pair.Agreeing + pair.Rejecting);
        bool silentLayers = 2 * cast < possible;
        foreach (SliceVotes pair in pairs)
        {
            int smaller = Math.Min(slices[pair.A].Pixels, slices[pair.B].Pixels);
            long union = (long)slices[pair.A].Pixels + slices[pair.B].Pixels - pair.Pixels;

            // At least 90 % of the pair abstains, and most of its layer pair.
            bool silent = silentLayers && 10L * (pair.Agreeing + pair.Rejecting) <= 2L * pair.Pixels;
            long weight = !silent ? (PerVote * ((long)pair.Agreeing - pair.Rejecting)) - (perSmallerPixel * (long)smaller)
                : neighbours ? (PerSharedPixel * (long)pair.Pixels) - (PerSilentPixel * (long)smaller)
                : 0;
            links.Add(new SliceLink(pair.A, pair.B, weight, union, 0));
        }
    }
}
