using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace CellStitch.Core.Transport;

/// <summary>How <see cref="PlanarTransport"/> looks for an entering arc.</summary>
internal enum RowScan
{
    /// <summary>Several arcs of a row at once in 32 bits, where the distances allow it; else plainly.</summary>
    Vector,

    /// <summary>One arc after the other in 64 bits.</summary>
    Plain,
}

/// <summary>
/// Optimal transport between two point sets of the plane, uniform masses, squared Euclidean cost: the transportation simplex on a
/// <see cref="BasisTree"/> rooted at source 0. No arc is stored; a row of costs is computed from the coordinates whenever it is scanned.
/// </summary>
/// <remarks>
/// The points should come in the order in which they lie on their contours, both the same way round: the first basis is the staircase (north-west corner
/// rule) of the cheapest cyclic shift of the targets, to a fraction of a point, from which few pivots are left. The result is optimal for any order.
/// </remarks>
internal static class PlanarTransport
{
    /// <summary>Solves the problem exactly; the same points in the same order always give the same plan, with either scan.</summary>
    /// <param name="sources">At least one point.</param>
    /// <param name="targets">At least one point.</param>
    /// <param name="scan">For tests and benchmarks; the plan does not depend on it.</param>
    public static PlanarPlan Solve(ReadOnlySpan<PlanePoint> sources, ReadOnlySpan<PlanePoint> targets, RowScan scan = RowScan.Vector)
    {
        var basis = new PlanarBasis(sources, targets, scan);
        while (basis.FindEnteringArc(out int source, out int target, out long reduced))
        {
            basis.Enter(source, target, reduced);
        }

        return basis.ToPlan();
    }
}

/// <summary>The basis: sources 0 … n − 1, targets n … n + m − 1.</summary>
file sealed class PlanarBasis
{
    // Shifts are compared on at most so many sources: enough to tell the shifts of any contour apart.
    private const int ShiftSamples = 64;

    private readonly int _n;
    private readonly int _m;
    private readonly int[] _sourceY;
    private readonly int[] _sourceX;
    private readonly int[] _targetY;
    private readonly int[] _targetX;
    private readonly long _sourceMass;
    private readonly long _targetMass;
    private readonly BasisTree _tree;

    // The targets' potentials in 32 bits, for the vector scan; empty where they might not fit.
    private readonly int[] _narrow;
    private readonly int _rowsPerBlock;
    private int _nextRow;

    // The points are held from these on: there a source and a target begin together.
    private readonly int _firstSource;
    private readonly int _firstTarget;

    public PlanarBasis(ReadOnlySpan<PlanePoint> sources, ReadOnlySpan<PlanePoint> targets, RowScan scan)
    {
        (_n, _m) = (sources.Length, targets.Length);
        (_sourceY, _sourceX) = Split(sources);
        (_targetY, _targetX) = Split(targets);
        int divisor = GreatestCommonDivisor(_n, _m);
        (_sourceMass, _targetMass) = (_m / divisor, _n / divisor);
        long largest = LargestCost();
        bool fits = (_n + _m + 1) * largest <= int.MaxValue;
        if (fits)
        {
            (int source, _firstTarget) = Corner(CheapestOffset());
            _firstSource = (source + _n - (_n / 2)) % _n;
            Rotate(_sourceY, _firstSource);
            Rotate(_sourceX, _firstSource);
            Rotate(_targetY, _firstTarget);
            Rotate(_targetX, _firstTarget);
        }

        _tree = new BasisTree(_n, _n + _m);

        // Block search as in the hub's simplex: about √(n · m) arcs, in whole rows.
        _rowsPerBlock = Math.Max(1, (int)Math.Sqrt((double)_n / _m));

        // Signs alternate along a path of the tree, so no potential passes half the longest path's costs; a reduced cost adds two of them and a cost.
        _narrow = fits && scan == RowScan.Vector && _m >= Vector<int>.Count ? new int[_m] : [];
        StartAlongTheContours();
        Narrow();
    }

    public bool FindEnteringArc(out int source, out int target, out long reduced)
    {
        (source, target, reduced) = (-1, -1, 0);
        int row = _nextRow;
        for (int scanned = 0; scanned < _n;)
        {
            for (int i = 0; i < _rowsPerBlock && scanned < _n; i++, scanned++)
            {
                long before = reduced;
                int found = _narrow.Length > 0 ? ScanVector(row, ref reduced) : ScanPlain(row, ref reduced);
                (source, target) = reduced < before ? (row, found) : (source, target);
                row = row + 1 == _n ? 0 : row + 1;
            }

            if (reduced < 0)
            {
                break;
            }
        }

        _nextRow = row;
        return reduced < 0;
    }

    public void Enter(int source, int target, long reduced)
    {
        _tree.Enter(source, _n + target, arc: 0, reduced);
        Narrow();
    }

    public PlanarPlan ToPlan()
    {
        var moves = new List<PlanarMove>(_n + _m - 1);
        Int128 cost = 0;
        for (int i = 0; i < _n + _m; i++)
        {
            // In the order of the points as they were given.
            int node = i < _n ? (i - _firstSource + _n) % _n : _n + ((i - _n - _firstTarget + _m) % _m);
            ref BasisTree.Node basic = ref _tree.Nodes[node];
            if (node > 0 && basic.Mass > 0)
            {
                (int source, int target) = node < _n ? (node, basic.Parent - _n) : (basic.Parent, node - _n);
                moves.Add(new PlanarMove((source + _firstSource) % _n, (target + _firstTarget) % _m, basic.Mass));
                cost += (Int128)Cost(source, target) * basic.Mass;
            }
        }

        long[] sourcePotential = _tree.Potential[.._n];
        long[] targetPotential = _tree.Potential[_n..];
        Rotate(sourcePotential, _n - _firstSource);
        Rotate(targetPotential, _m - _firstTarget);
        return new PlanarPlan(_sourceMass, _targetMass, [.. moves], cost, new DualPotentials(sourcePotential, targetPotential));
    }

    private static (int[] Y, int[] X) Split(ReadOnlySpan<PlanePoint> points)
    {
        var y = new int[points.Length];
        var x = new int[points.Length];
        for (int i = 0; i < points.Length; i++)
        {
            (y[i], x[i]) = (points[i].Y, points[i].X);
        }

        return (y, x);
    }

    /// <summary>Makes the point at an index the first one.</summary>
    private static void Rotate<T>(T[] points, int first)
    {
        Array.Reverse(points, 0, first);
        Array.Reverse(points, first, points.Length - first);
        Array.Reverse(points);
    }

    private static int GreatestCommonDivisor(int a, int b) => b == 0 ? a : GreatestCommonDivisor(b, a % b);

    private long Cost(int source, int target)
    {
        long y = _sourceY[source] - _targetY[target];
        long x = _sourceX[source] - _targetX[target];
        return (y * y) + (x * x);
    }

    private long LargestCost()
    {
        long height = Math.Max(_sourceY.Max(), _targetY.Max()) - Math.Min(_sourceY.Min(), _targetY.Min());
        long width = Math.Max(_sourceX.Max(), _targetX.Max()) - Math.Min(_sourceX.Min(), _targetX.Min());
        return (height * height) + (width * width);
    }

    /// <summary>The shift s for which sending source i to target s + i · m / n costs least; of equals the smallest.</summary>
    private int CheapestShift()
    {
        // Twice around, so that a shifted row of targets is one run.
        int[] y = [.. _targetY, .. _targetY];
        int[] x = [.. _targetX, .. _targetX];
        var costs = new int[_m];
        int samples = Math.Min(_n, ShiftSamples);
        for (int k = 0; k < samples; k++)
        {
            int i = (int)((long)k * _n / samples);
            AddRow(costs, _sourceY[i], _sourceX[i], y.AsSpan((int)((long)i * _m / _n), _m), x.AsSpan((int)((long)i * _m / _n), _m));
        }

        return costs.AsSpan().IndexOf(costs.Min());
    }

    /// <summary>
    /// The offset, in units of mass, at which targets that lie end to end beside the sources, a unit of mass for a unit of length, cost least: near the cheapest shift the cost
    /// falls and rises again.
    /// </summary>
    private long CheapestOffset()
    {
        long whole = -CheapestShift() * _targetMass;
        (long low, long high) = (whole - _targetMass + 1, whole + _targetMass - 1);
        while (low < high)
        {
            long middle = low + ((high - low) / 2);
            (low, high) = CostAt(middle) <= CostAt(middle + 1) ? (low, middle) : (middle + 1, high);
        }

        return low;
    }

    /// <summary>What it costs when target 0 begins at an offset from the beginning of source 0.</summary>
    private long CostAt(long offset)
    {
        long around = _n * _sourceMass;
        long into = ((-offset % around) + around) % around;
        int target = (int)(into / _targetMass);
        (long supply, long demand) = (_sourceMass, _targetMass - (into % _targetMass));
        long cost = 0;
        for (int source = 0; source < _n;)
        {
            long moved = Math.Min(supply, demand);
            cost += moved * Cost(source, target);
            (supply, demand) = (supply - moved, demand - moved);
            if (supply == 0)
            {
                (source, supply) = (source + 1, _sourceMass);
            }

            if (demand == 0)
            {
                (target, demand) = (target + 1 == _m ? 0 : target + 1, _targetMass);
            }
        }

        return cost;
    }

    /// <summary>A source and a target that begin together at an offset. There is one, since the masses have no common divisor.</summary>
    private (int Source, int Target) Corner(long offset)
    {
        long around = _n * _sourceMass;
        int source = _n / 2;
        while (((source * _sourceMass) - offset) % _targetMass != 0)
        {
            source = source + 1 == _n ? 0 : source + 1;
        }

        long into = ((((source * _sourceMass) - offset) % around) + around) % around;
        return (source, (int)(into / _targetMass % _m));
    }

    private static void AddRow(Span<int> costs, int y, int x, ReadOnlySpan<int> targetY, ReadOnlySpan<int> targetX)
    {
        int j = 0;
        for (; j <= costs.Length - Vector<int>.Count; j += Vector<int>.Count)
        {
            Vector<int> dy = new Vector<int>(targetY[j..]) - new Vector<int>(y);
            Vector<int> dx = new Vector<int>(targetX[j..]) - new Vector<int>(x);
            (new Vector<int>(costs[j..]) + (dy * dy) + (dx * dx)).CopyTo(costs[j..]);
        }

        for (; j < costs.Length; j++)
        {
            costs[j] += ((targetY[j] - y) * (targetY[j] - y)) + ((targetX[j] - x) * (targetX[j] - x));
        }
    }

    /// <summary>
    /// The north-west corner rule along the contours, from the source opposite the root on, so that the root lies in the middle of the staircase and few nodes hang below
    /// most arcs. That source and target 0 begin together. Where a source and a target run out at once, an empty arc goes on: before the root from the source to the next
    /// target, after it from the target to the next source, so that it points up to the root.
    /// </summary>
    private void StartAlongTheContours()
    {
        (int source, int target) = (_n / 2, 0);
        (long supply, long demand) = (_sourceMass, _targetMass);
        var stairs = new (int Source, int Target, long Mass)[_n + _m - 1];
        int root = source == 0 ? 0 : -1;
        int sourcesLeft = _n - 1;
        for (int i = 0; ; i++)
        {
            long moved = Math.Min(supply, demand);
            (supply, demand) = (supply - moved, demand - moved);
            stairs[i] = (source, target, moved);
            if (i == stairs.Length - 1)
            {
                break;
            }

            bool nextSource = supply == 0 && sourcesLeft > 0 && (root >= 0 || demand > 0);
            if (nextSource)
            {
                (source, supply, sourcesLeft) = (source + 1 == _n ? 0 : source + 1, _sourceMass, sourcesLeft - 1);
                root = source == 0 ? i + 1 : root;
            }
            else
            {
                (target, demand) = (target + 1 == _m ? 0 : target + 1, _targetMass);
            }
        }

        // In preorder: the root's first target, what comes before it, what comes after the root.
        int last = 0;
        Attach(_n + stairs[root].Target, 0, stairs[root].Mass, ref last);
        for (int i = root - 1; i >= 0; i--)
        {
            Attach(stairs[i], stairs[i + 1], ref last);
        }

        for (int i = root + 1; i < stairs.Length; i++)
        {
            Attach(stairs[i], stairs[i - 1], ref last);
        }
    }

    /// <summary>Attaches the end of a stair that it does not share with the one beside it.</summary>
    private void Attach((int Source, int Target, long Mass) stair, (int Source, int Target, long Mass) beside, ref int last)
    {
        if (stair.Source != beside.Source)
        {
            Attach(stair.Source, _n + stair.Target, stair.Mass, ref last);
        }
        else
        {
            Attach(_n + stair.Target, stair.Source, stair.Mass, ref last);
        }
    }

    private void Attach(int node, int parent, long mass, ref int last)
    {
        BasisTree.Node[] nodes = _tree.Nodes;
        (nodes[node].Parent, nodes[node].Mass, nodes[node].Depth) = (parent, mass, nodes[parent].Depth + 1);
        (nodes[node].Previous, nodes[node].Next) = (last, 0);
        (nodes[last].Next, nodes[0].Previous) = (node, node);
        _tree.Potential[node] = node < _n
            ? _tree.Potential[parent] + Cost(node, parent - _n)
            : _tree.Potential[parent] - Cost(parent, node - _n);
        _tree.AssertStronglyFeasible(node);
        last = node;
    }

    private void Narrow()
    {
        ReadOnlySpan<long> potential = _tree.Potential.AsSpan(_n);
        int j = 0;
        for (; j <= _narrow.Length - Vector<int>.Count; j += Vector<int>.Count)
        {
            Vector.Narrow(new Vector<long>(potential[j..]), new Vector<long>(potential[(j + Vector<long>.Count)..])).CopyTo(_narrow, j);
        }

        for (; j < _narrow.Length; j++)
        {
            _narrow[j] = (int)potential[j];
        }
    }

    private int ScanPlain(int row, ref long lowest)
    {
        int found = -1;
        long potential = _tree.Potential[row];
        for (int j = 0; j < _m; j++)
        {
            long reduced = Cost(row, j) - potential + _tree.Potential[_n + j];
            if (reduced < lowest)
            {
                (lowest, found) = (reduced, j);
            }
        }

        return found;
    }

    /// <summary>As <see cref="ScanPlain"/>: the first of the row's lowest reduced costs, if it is below <paramref name="lowest"/>.</summary>
    private int ScanVector(int row, ref long lowest)
    {
        var y = new Vector<int>(_sourceY[row]);
        var x = new Vector<int>(_sourceX[row]);
        var potential = new Vector<int>((int)_tree.Potential[row]);
        Vector<int> least = Vector<int>.Zero;
        ref int targetY = ref MemoryMarshal.GetArrayDataReference(_targetY);
        ref int targetX = ref MemoryMarshal.GetArrayDataReference(_targetX);
        ref int narrow = ref MemoryMarshal.GetArrayDataReference(_narrow);
        int end = _m - Vector<int>.Count;

        // The last vector overlaps the one before it; a minimum does not mind.
        for (int j = 0; j < _m; j += Vector<int>.Count)
        {
            least = Vector.Min(least, Reduced(Math.Min(j, end), ref targetY, ref targetX, ref narrow));
        }

        if (!Vector.LessThanAny(least, new Vector<int>((int)lowest)))
        {
            return -1;
        }

        int value = 0;
        for (int lane = 0; lane < Vector<int>.Count; lane++)
        {
            value = Math.Min(value, least[lane]);
        }

        lowest = value;
        for (int j = 0; ; j += Vector<int>.Count)
        {
            int at = Math.Min(j, end);
            Vector<int> hits = Vector.Equals(Reduced(at, ref targetY, ref targetX, ref narrow), new Vector<int>(value));
            for (int lane = 0; lane < Vector<int>.Count && hits != Vector<int>.Zero; lane++)
            {
                if (hits[lane] != 0)
                {
                    return at + lane;
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        Vector<int> Reduced(int j, ref int targetY, ref int targetX, ref int narrow)
        {
            Vector<int> dy = Vector.LoadUnsafe(ref targetY, (nuint)j) - y;
            Vector<int> dx = Vector.LoadUnsafe(ref targetX, (nuint)j) - x;
            return (dy * dy) + (dx * dx) + Vector.LoadUnsafe(ref narrow, (nuint)j) - potential;
        }
    }
}
