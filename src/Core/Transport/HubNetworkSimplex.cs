namespace CellStitch.Core.Transport;

/// <summary>
/// The primal network simplex on a tree rooted at the hub, after Ahuja, Magnanti and Orlin, "Network Flows" (1993), chapter 11;
/// <see cref="BasisTree"/> is the tree and its pivots.
/// </summary>
/// <remarks>
/// The hub makes three things simpler than in the book. Its arcs complete the first tree, so no artificial arcs are needed. No arc has
/// a capacity, so an arc outside the tree carries nothing and only tree arcs store mass. And sources only send while targets only
/// receive: the arc between a node and its parent points up for a source and down for a target.
/// </remarks>
public static class HubNetworkSimplex
{
    /// <summary>Solves the problem exactly; the same problem always gives the same plan.</summary>
    /// <param name="problem">A checked problem.</param>
    /// <returns>An optimal plan with dual potentials; the arcs that carry mass form no cycle.</returns>
    public static TransportPlan Solve(TransportProblem problem)
    {
        var tree = new HubTree(problem);
        while (tree.FindEnteringArc() is var entering and not HubTree.NoArc)
        {
            tree.Pivot(entering);
        }

        return tree.ToPlan();
    }
}

/// <summary>A basis of the transport problem: a spanning tree of sources, targets and hub, its masses and its potentials.</summary>
file sealed class HubTree
{
    public const int NoArc = -1;

    // Block search (Kovács, "Minimum-cost flow algorithms: an experimental evaluation", 2015, section 3.4.3) looks at √arcs arcs
    // at a time and takes the best; blocks below some ten arcs only cost loop overhead.
    private const int SmallestBlock = 10;

    private readonly TransportProblem _problem;
    private readonly int _firstTarget;
    private readonly int _hub;

    // The problem's arcs between nodes, then source → hub in order of sources, then hub → target.
    private readonly Arc[] _arcs;
    private readonly BasisTree _tree;
    private readonly BasisTree.Node[] _nodes;
    private readonly long[] _potential;
    private readonly int _blockLength;
    private int _nextArc;

    public HubTree(TransportProblem problem)
    {
        _problem = problem;
        _firstTarget = problem.SourceMass.Length;
        _hub = _firstTarget + problem.TargetMass.Length;
        _arcs = new Arc[problem.Arcs.Length + _hub];
        _tree = new BasisTree(_firstTarget, _hub + 1);
        (_nodes, _potential) = (_tree.Nodes, _tree.Potential);
        _blockLength = Math.Max(SmallestBlock, (int)Math.Sqrt(_arcs.Length));
        CopyArcs();
        StartGreedily();
    }

    private void CopyArcs()
    {
        ReadOnlySpan<TransportArc> arcs = _problem.Arcs;
        for (int i = 0; i < arcs.Length; i++)
        {
            // A massless target could only hang from an empty arc that points down, which a strongly feasible tree must not have.
            // It stays with the hub, and a loop stands for its arcs: it never looks worth entering.
            _arcs[i] = _problem.TargetMass[arcs[i].Target] > 0
                ? new Arc(arcs[i].Source, _firstTarget + arcs[i].Target, arcs[i].Cost)
                : new Arc(_hub, _hub, 0);
        }

        for (int node = 0; node < _hub; node++)
        {
            _nodes[node].Arc = NoArc;
            _arcs[HubArc(node)] = node < _firstTarget ? new Arc(node, _hub, _problem.HubCost) : new Arc(_hub, node, 0);
        }
    }

    private int HubArc(int node) => _problem.Arcs.Length + node;

    /// <summary>
    /// The first tree: the cheapest arcs take what they can. Whichever end of an arc runs out becomes a child of the other; what is
    /// left at the end goes through the hub. Layers overlap so well that few pivots remain (20,000 cells: 900 instead of 32,600
    /// from a tree of hub arcs alone).
    /// </summary>
    private void StartGreedily()
    {
        var left = new long[_hub];
        _problem.SourceMass.CopyTo(left);
        _problem.TargetMass.CopyTo(left.AsSpan(_firstTarget));
        var attached = new Stack<int>(_hub);
        foreach (int arc in ArcsByCost())
        {
            (int from, int to, _) = _arcs[arc];
            if (_nodes[from].Arc == NoArc && _nodes[to].Arc == NoArc && from != to)
            {
                // If both run out the target is the child: its arc carries mass, and an empty arc above the source points up.
                (int child, int parent) = left[to] <= left[from] ? (to, from) : (from, to);
                (_nodes[child].Parent, _nodes[child].Arc, _nodes[child].Mass) = (parent, arc, left[child]);
                left[parent] -= left[child];
                _tree.AssertStronglyFeasible(child);
                attached.Push(child);
            }
        }

        for (int node = 0; node < _hub; node++)
        {
            if (_nodes[node].Arc == NoArc)
            {
                (_nodes[node].Parent, _nodes[node].Arc, _nodes[node].Mass) = (_hub, HubArc(node), left[node]);
                attached.Push(node);
            }
        }

        ThreadParentsFirst(attached);
    }

    /// <summary>Sets depths, potentials and thread. A node is attached before its parent, so the stack gives parents first.</summary>
    private void ThreadParentsFirst(Stack<int> attached)
    {
        (_nodes[_hub].Next, _nodes[_hub].Previous) = (_hub, _hub);
        while (attached.TryPop(out int child))
        {
            ref BasisTree.Node node = ref _nodes[child];
            node.Depth = _nodes[node.Parent].Depth + 1;
            int cost = _arcs[node.Arc].Cost;
            _potential[child] = _potential[node.Parent] + (child < _firstTarget ? cost : -cost);
            (node.Next, node.Previous) = (child, child);
            _tree.MovePiece(child, child, node.Parent);
        }
    }

    /// <summary>
    /// The problem's arcs by ascending cost, equal costs in their own order. A radix sort: a comparing one takes longer than all pivots.
    /// </summary>
    private int[] ArcsByCost()
    {
        const int DigitBits = 11;
        int[] order = [.. Enumerable.Range(0, _problem.Arcs.Length)];
        var sorted = new int[order.Length];
        var position = new int[1 << DigitBits];
        for (int shift = 0; shift < 31 && _problem.HubCost >> shift > 0; shift += DigitBits)
        {
            Array.Clear(position);
            foreach (int arc in order)
            {
                position[Digit(arc, shift)]++;
            }

            int before = 0;
            foreach (ref int count in position.AsSpan())
            {
                (count, before) = (before, before + count);
            }

            foreach (int arc in order)
            {
                sorted[position[Digit(arc, shift)]++] = arc;
            }

            (order, sorted) = (sorted, order);
        }

        return order;

        int Digit(int arc, int shift) => (_arcs[arc].Cost >> shift) & ((1 << DigitBits) - 1);
    }

    /// <summary>The arc with the most negative reduced cost of the next block that has any; none at an optimum.</summary>
    public int FindEnteringArc()
    {
        ReadOnlySpan<long> potential = _potential;
        for (int scanned = 0; scanned < _arcs.Length;)
        {
            ReadOnlySpan<Arc> block = _arcs.AsSpan(_nextArc, Math.Min(_blockLength, _arcs.Length - _nextArc));
            int entering = NoArc;
            long lowest = 0;
            for (int i = 0; i < block.Length; i++)
            {
                // Cannot overflow: signs alternate along a path of fewer than 2³¹ arcs with costs below 2³¹, so |π| ≤ 2⁶¹.
                long reduced = unchecked(block[i].Cost - potential[block[i].From] + potential[block[i].To]);
                if (reduced < lowest)
                {
                    lowest = reduced;
                    entering = _nextArc + i;
                }
            }

            scanned += block.Length;
            _nextArc += block.Length;
            _nextArc = _nextArc == _arcs.Length ? 0 : _nextArc;
            if (entering != NoArc)
            {
                return entering;
            }
        }

        return NoArc;
    }

    /// <summary>Brings an arc into the tree.</summary>
    public void Pivot(int entering)
    {
        (int from, int to, int cost) = _arcs[entering];
        _tree.Enter(from, to, entering, cost - _potential[from] + _potential[to]);
    }

    public TransportPlan ToPlan()
    {
        var mass = new long[_problem.Arcs.Length];
        var toHub = new long[_firstTarget];
        var fromHub = new long[_hub - _firstTarget];
        for (int node = 0; node < _hub; node++)
        {
            int arc = _nodes[node].Arc;
            if (arc < mass.Length)
            {
                mass[arc] = _nodes[node].Mass;
            }
            else if (node < _firstTarget)
            {
                toHub[node] = _nodes[node].Mass;
            }
            else
            {
                fromHub[node - _firstTarget] = _nodes[node].Mass;
            }
        }

        return new TransportPlan(_problem, mass, toHub, fromHub, ToPotentials());
    }

    private DualPotentials ToPotentials()
    {
        long[] source = _potential[.._firstTarget];
        long[] target = _potential[_firstTarget.._hub];
        foreach (TransportArc arc in _problem.Arcs)
        {
            // The arcs of massless targets took no part: lift these targets until none of their arcs is worth entering either.
            if (_problem.TargetMass[arc.Target] == 0)
            {
                target[arc.Target] = Math.Max(target[arc.Target], source[arc.Source] - arc.Cost);
            }
        }

        return new DualPotentials(source, target);
    }

    private readonly record struct Arc(int From, int To, int Cost);
}
