using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace CellStitch.Core.Transport;

/// <summary>
/// A basis of a transport problem: a rooted spanning tree over sources and targets, after Ahuja, Magnanti and Orlin, "Network Flows" (1993), chapter 11:
/// parent, depth and thread (11.3), pivots (11.5), strongly feasible trees against cycling (11.6). Sources only send and targets only receive, so the arc
/// between a node and its parent points up for a source and down for a target.
/// </summary>
/// <param name="firstTarget">Nodes below it are sources, the others targets; the root is no target with mass and no source with a parent.</param>
/// <param name="nodeCount">Nodes of the tree.</param>
internal sealed class BasisTree(int firstTarget, int nodeCount)
{
    private readonly int _firstTarget = firstTarget;
    private readonly Node[] _nodes = new Node[nodeCount];
    private readonly long[] _potential = new long[nodeCount];

    public Node[] Nodes => _nodes;

    /// <summary>π per node: a basic arc from → to costs π(from) − π(to).</summary>
    public long[] Potential => _potential;

    /// <summary>
    /// Brings an arc into the tree: mass moves around the cycle it closes until a tree arc is empty; that one leaves.
    /// </summary>
    /// <param name="from">The source's side of the arc.</param>
    /// <param name="to">The target's side.</param>
    /// <param name="arc">The caller's number for the arc.</param>
    /// <param name="reduced">Its reduced cost, c − π(from) + π(to), below 0.</param>
    public void Enter(int from, int to, int arc, long reduced)
    {
        (int leaving, bool leavesOnFromSide, long moved) = FindLeavingArc(from, to, out int apex);
        MoveMass(from, to, apex, moved);
        if (leavesOnFromSide)
        {
            Rehang(from, leaving, to, arc, moved, reduced);
        }
        else
        {
            Rehang(to, leaving, from, arc, moved, -reduced);
        }
    }

    /// <summary>The node whose arc to its parent leaves the tree.</summary>
    private (int Node, bool OnFromSide, long Moved) FindLeavingArc(int from, int to, out int apex)
    {
        // Mass runs apex → from → to → apex, so it shrinks on a source's arc below `from` and on a target's arc below `to`.
        // Of several arcs that run empty the last one on that way leaves: the tree stays strongly feasible (11.6).
        int fromLeaving = -1;
        int toLeaving = -1;
        long fromLeast = long.MaxValue;
        long toLeast = long.MaxValue;
        while (from != to)
        {
            if (_nodes[from].Depth >= _nodes[to].Depth)
            {
                if (from < _firstTarget && _nodes[from].Mass < fromLeast)
                {
                    fromLeast = _nodes[from].Mass;
                    fromLeaving = from;
                }

                from = _nodes[from].Parent;
            }
            else
            {
                if (to >= _firstTarget && _nodes[to].Mass <= toLeast)
                {
                    toLeast = _nodes[to].Mass;
                    toLeaving = to;
                }

                to = _nodes[to].Parent;
            }
        }

        apex = from;
        return toLeast <= fromLeast ? (toLeaving, false, toLeast) : (fromLeaving, true, fromLeast);
    }

    private void MoveMass(int from, int to, int apex, long moved)
    {
        if (moved == 0)
        {
            return;
        }

        for (int node = from; node != apex; node = _nodes[node].Parent)
        {
            _nodes[node].Mass += node < _firstTarget ? -moved : moved;
        }

        for (int node = to; node != apex; node = _nodes[node].Parent)
        {
            _nodes[node].Mass += node < _firstTarget ? moved : -moved;
        }
    }

    /// <summary>
    /// Cuts the subtree of <paramref name="cut"/> off, makes <paramref name="root"/> its new root and hangs it below
    /// <paramref name="parent"/>; all its potentials rise by <paramref name="rise"/>.
    /// </summary>
    private void Rehang(int root, int cut, int parent, int arc, long mass, long rise)
    {
        // The nodes from `root` up to `cut` swap roles with their parents. Each takes along what remains of its subtree once the one
        // below it is gone: a contiguous piece of the thread, which moves behind the piece before.
        int behind = parent;
        int depth = _nodes[parent].Depth;
        int top = root;
        while (true)
        {
            Node old = _nodes[top];
            depth++;
            int last = ShiftPiece(top, depth - old.Depth, rise);
            MovePiece(top, last, behind);
            behind = last;

            ref Node node = ref _nodes[top];
            (node.Parent, node.Arc, node.Mass) = (parent, arc, mass);
            AssertStronglyFeasible(top);
            if (top == cut)
            {
                return;
            }

            (arc, mass) = (old.Arc, old.Mass);
            (parent, top) = (top, old.Parent);
        }
    }

    [Conditional("DEBUG")]
    public void AssertStronglyFeasible(int node)
    {
        Debug.Assert(_nodes[node].Mass >= (node < _firstTarget ? 0 : 1), "An empty arc of the tree points up, from a source.");
    }

    /// <summary>Shifts depths and potentials of the subtree of <paramref name="top"/>; returns its last node along the thread.</summary>
    private int ShiftPiece(int top, int shift, long rise)
    {
        // Most of the time of a small transport goes here: along the thread without bounds checks. Depths and potentials stay within what their types hold (11.6).
        ref Node nodes = ref MemoryMarshal.GetArrayDataReference(_nodes);
        ref long potential = ref MemoryMarshal.GetArrayDataReference(_potential);
        int topDepth = Unsafe.Add(ref nodes, top).Depth;
        int last;
        int next = top;
        do
        {
            last = next;
            ref Node node = ref Unsafe.Add(ref nodes, last);
            unchecked
            {
                node.Depth += shift;
                Unsafe.Add(ref potential, last) += rise;
            }

            next = node.Next;
        }
        while (Unsafe.Add(ref nodes, next).Depth > topDepth);

        return last;
    }

    /// <summary>Takes the thread from <paramref name="first"/> to <paramref name="last"/> out and puts it behind another node.</summary>
    public void MovePiece(int first, int last, int behind)
    {
        (int before, int after) = (_nodes[first].Previous, _nodes[last].Next);
        (_nodes[before].Next, _nodes[after].Previous) = (after, before);
        int following = _nodes[behind].Next;
        (_nodes[behind].Next, _nodes[first].Previous) = (first, behind);
        (_nodes[last].Next, _nodes[following].Previous) = (following, last);
    }

    /// <summary>A node and the arc to its parent. Next and Previous thread the nodes in preorder, from the root back to the root.</summary>
    public struct Node
    {
        public int Parent;
        public int Arc;
        public int Depth;
        public int Next;
        public int Previous;
        public long Mass;
    }
}
