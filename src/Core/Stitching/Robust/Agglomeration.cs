using System.Runtime.InteropServices;

namespace CellStitch.Core.Stitching;

/// <summary>
/// Mean-linkage agglomeration of slices into cells: again and again the two clusters with the largest ΣW / ΣU above 0 become one, unless they share a
/// layer and the evidence within layers is not for it (ΣS ≤ 0). Exact: integers, fractions compared by cross-multiplication; ties are decided by geometry.
/// A merge needs a positive pair, so the connected components of positive pairs are independent.
/// </summary>
internal static class Agglomeration
{
    /// <summary>Agglomerates all slices.</summary>
    /// <param name="graph">The slices and the evidence.</param>
    /// <param name="run">Threads and cancellation.</param>
    /// <returns>For each slice number the smallest slice number of its cell; entry 0 is 0.</returns>
    public static int[] Clusters(SliceGraph graph, LayerRuns run)
    {
        int[] component = Components(graph);
        SliceLink[][] links = LinksByComponent(graph, component);
        var clusters = new int[graph.Slices.Length];
        for (int i = 0; i < clusters.Length; i++)
        {
            clusters[i] = i;
        }

        run.For(links.Length, i =>
        {
            run.Cancellation.ThrowIfCancellationRequested();
            new Component(graph, links[i]).Agglomerate(clusters);
        });
        return clusters;
    }

    // The root of each slice's component of positive pairs.
    private static int[] Components(SliceGraph graph)
    {
        var parent = new int[graph.Slices.Length];
        for (int i = 0; i < parent.Length; i++)
        {
            parent[i] = i;
        }

        foreach (SliceLink link in graph.Links)
        {
            if (link.Weight > 0)
            {
                (int a, int b) = (Root(parent, link.A), Root(parent, link.B));
                parent[Math.Max(a, b)] = Math.Min(a, b);
            }
        }

        for (int i = 0; i < parent.Length; i++)
        {
            parent[i] = Root(parent, i);
        }

        return parent;
    }

    private static int Root(int[] parent, int i)
    {
        while (parent[i] != i)
        {
            parent[i] = parent[parent[i]];
            i = parent[i];
        }

        return i;
    }

    // The links within each component that has any, largest first: it takes longest.
    private static SliceLink[][] LinksByComponent(SliceGraph graph, int[] component)
    {
        var count = new int[component.Length];
        foreach (SliceLink link in graph.Links)
        {
            count[component[link.A]] += component[link.A] == component[link.B] ? 1 : 0;
        }

        int[] roots = [.. Enumerable.Range(0, count.Length).Where(root => count[root] > 0).OrderByDescending(root => count[root])];
        var links = new SliceLink[roots.Length][];
        var place = new int[count.Length];
        for (int i = 0; i < roots.Length; i++)
        {
            links[i] = new SliceLink[count[roots[i]]];
            place[roots[i]] = i;
        }

        var filled = new int[roots.Length];
        foreach (SliceLink link in graph.Links)
        {
            if (component[link.A] == component[link.B])
            {
                int i = place[component[link.A]];
                links[i][filled[i]++] = link;
            }
        }

        return links;
    }

    // One component: clusters are named by one of their slices.
    private sealed class Component : IComparer<Component.Offer>
    {
        private readonly SliceGraph _graph;
        private readonly SliceLink[] _founders;
        private readonly Bond[] _bonds;
        private readonly Dictionary<(int A, int B), int> _bondOf;
        private readonly int[] _slices;
        private readonly List<int>[] _bondsAt;
        private readonly int[][] _layers;
        private readonly int[] _mergedInto;
        private readonly PriorityQueue<Offer, Offer> _offers;

        public Component(SliceGraph graph, SliceLink[] links)
        {
            _graph = graph;
            _founders = links;
            var local = new Dictionary<int, int>();
            var slices = new List<int>();
            _bonds = new Bond[links.Length];
            _bondOf = new Dictionary<(int A, int B), int>(links.Length);
            for (int i = 0; i < links.Length; i++)
            {
                SliceLink link = links[i];
                _bonds[i] = new Bond { A = Local(link.A), B = Local(link.B), Weight = link.Weight, Union = link.Union, Side = link.Side, Founder = i };
                _bondOf.Add(Key(_bonds[i].A, _bonds[i].B), i);
            }

            _slices = [.. slices];
            _bondsAt = new List<int>[_slices.Length];
            _layers = new int[_slices.Length][];
            _mergedInto = new int[_slices.Length];
            for (int i = 0; i < _slices.Length; i++)
            {
                _bondsAt[i] = [];
                _layers[i] = [graph.Slices[_slices[i]].Layer];
                _mergedInto[i] = i;
            }

            for (int i = 0; i < _bonds.Length; i++)
            {
                _bondsAt[_bonds[i].A].Add(i);
                _bondsAt[_bonds[i].B].Add(i);
            }

            _offers = new PriorityQueue<Offer, Offer>(this);
            for (int i = 0; i < _bonds.Length; i++)
            {
                Propose(i);
            }

            int Local(int slice)
            {
                ref int index = ref CollectionsMarshal.GetValueRefOrAddDefault(local, slice, out bool known);
                if (!known)
                {
                    index = slices.Count;
                    slices.Add(slice);
                }

                return index;
            }
        }

        public void Agglomerate(int[] clusters)
        {
            while (_offers.TryDequeue(out Offer offer, out _))
            {
                ref Bond bond = ref _bonds[offer.Bond];
                if (bond.Version != offer.Version || (bond.Side <= 0 && ShareLayer(bond.A, bond.B)))
                {
                    continue;
                }

                bool intoB = _bondsAt[bond.A].Count <= _bondsAt[bond.B].Count;
                Merge(intoB ? bond.A : bond.B, intoB ? bond.B : bond.A);
            }

            // The name of a cell is its smallest slice number.
            var name = new Dictionary<int, int>();
            for (int i = 0; i < _slices.Length; i++)
            {
                int root = Root(_mergedInto, i);
                name[root] = Math.Min(name.GetValueOrDefault(root, int.MaxValue), _slices[i]);
            }

            for (int i = 0; i < _slices.Length; i++)
            {
                clusters[_slices[i]] = name[Root(_mergedInto, i)];
            }
        }

        public int Compare(Offer x, Offer y)
        {
            int order = CompareFractions(y.Weight, y.Union, x.Weight, x.Union);
            order = order != 0 ? order : y.Weight.CompareTo(x.Weight);
            return order != 0 ? order : CompareGeometry(_founders[x.Founder], _founders[y.Founder]);
        }

        private static int CompareFractions(long weight, long union, long otherWeight, long otherUnion)
        {
            // Quotients of doubles err by 2⁻⁵² of their value or so; only closer ones need the exact comparison.
            const double Certain = 1e-14;
            double quotient = (double)weight / union;
            double other = (double)otherWeight / otherUnion;
            return Math.Abs(quotient - other) > Certain * Math.Max(quotient, other)
                ? quotient.CompareTo(other)
                : ((Int128)weight * otherUnion).CompareTo((Int128)otherWeight * union);
        }

        // What two founding pairs of slices are told apart by: their place in the layer, then areas, then nearness to the middle of the stack. Only
        // mirror images are left for the last step, which knows up from down.
        private int CompareGeometry(SliceLink link, SliceLink other)
        {
            (SliceNode a, SliceNode b) = (_graph.Slices[link.A], _graph.Slices[link.B]);
            (SliceNode c, SliceNode d) = (_graph.Slices[other.A], _graph.Slices[other.B]);
            int order = Math.Min(a.FirstPixel, b.FirstPixel).CompareTo(Math.Min(c.FirstPixel, d.FirstPixel));
            order = order != 0 ? order : Math.Max(a.FirstPixel, b.FirstPixel).CompareTo(Math.Max(c.FirstPixel, d.FirstPixel));
            order = order != 0 ? order : (c.Pixels + (long)d.Pixels).CompareTo(a.Pixels + (long)b.Pixels);
            order = order != 0 ? order : OffMiddle(a, b).CompareTo(OffMiddle(c, d));
            order = order != 0 ? order : link.A.CompareTo(other.A);
            return order != 0 ? order : link.B.CompareTo(other.B);

            int OffMiddle(SliceNode first, SliceNode second) => Math.Abs(first.Layer + second.Layer - (_graph.Depth - 1));
        }

        private void Propose(int i)
        {
            ref Bond bond = ref _bonds[i];
            if (bond.Weight > 0)
            {
                var offer = new Offer(i, bond.Version, bond.Weight, bond.Union, bond.Founder);
                _offers.Enqueue(offer, offer);
            }
        }

        // Gives all bonds of a cluster to another one.
        private void Merge(int gone, int kept)
        {
            _mergedInto[gone] = kept;
            _layers[kept] = Join(_layers[kept], _layers[gone]);
            _bondOf.Remove(Key(gone, kept), out int between);
            _bonds[between].Dead = true;
            _bonds[between].Version++;
            foreach (int i in _bondsAt[gone])
            {
                ref Bond bond = ref _bonds[i];
                if (bond.Dead)
                {
                    continue;
                }

                int other = bond.A == gone ? bond.B : bond.A;
                _bondOf.Remove(Key(gone, other));
                ref int place = ref CollectionsMarshal.GetValueRefOrAddDefault(_bondOf, Key(kept, other), out bool known);
                if (!known)
                {
                    place = i;
                    (bond.A, bond.B) = (kept, other);
                    _bondsAt[kept].Add(i);
                    continue;
                }

                ref Bond joined = ref _bonds[place];
                joined.Weight += bond.Weight;
                joined.Union += bond.Union;
                joined.Side += bond.Side;
                joined.Founder = CompareGeometry(_founders[bond.Founder], _founders[joined.Founder]) < 0 ? bond.Founder : joined.Founder;
                joined.Version++;
                bond.Dead = true;
                bond.Version++;
                Propose(place);
            }

            _bondsAt[gone] = [];
        }

        private bool ShareLayer(int a, int b)
        {
            (int[] some, int[] others) = (_layers[a], _layers[b]);
            for (int i = 0, j = 0; i < some.Length && j < others.Length;)
            {
                if (some[i] == others[j])
                {
                    return true;
                }

                if (some[i] < others[j])
                {
                    i++;
                }
                else
                {
                    j++;
                }
            }

            return false;
        }

        private static int[] Join(int[] some, int[] others)
        {
            var joined = new List<int>(some.Length + others.Length);
            for (int i = 0, j = 0; i < some.Length || j < others.Length;)
            {
                int next = j == others.Length || (i < some.Length && some[i] <= others[j]) ? some[i] : others[j];
                joined.Add(next);
                i += i < some.Length && some[i] == next ? 1 : 0;
                j += j < others.Length && others[j] == next ? 1 : 0;
            }

            return [.. joined];
        }

        private static (int A, int B) Key(int a, int b) => a < b ? (a, b) : (b, a);

        /// <summary>A merge as it stood when it was proposed; it has lapsed when the bond has another version since.</summary>
        internal readonly record struct Offer(int Bond, int Version, long Weight, long Union, int Founder);

        private struct Bond
        {
            public int A;
            public int B;
            public long Weight;
            public long Union;
            public long Side;
            public int Founder;
            public int Version;
            public bool Dead;
        }
    }
}
