namespace CellStitch.Core.Transport;

/// <summary>A point of the pixel grid.</summary>
/// <param name="Y">Row.</param>
/// <param name="X">Column.</param>
internal readonly record struct PlanePoint(int Y, int X)
{
    public long SquaredDistanceTo(PlanePoint other)
    {
        long y = Y - other.Y;
        long x = X - other.X;
        return (y * y) + (x * x);
    }
}

/// <summary>Mass on its way from a source to a target.</summary>
/// <param name="Source">Index of the source.</param>
/// <param name="Target">Index of the target.</param>
/// <param name="Mass">Mass moved, above 0.</param>
internal readonly record struct PlanarMove(int Source, int Target, long Mass);

/// <summary>An optimal plan between two point sets of uniform mass.</summary>
/// <param name="SourceMass">Mass of every source: targets / gcd(sources, targets).</param>
/// <param name="TargetMass">Mass of every target: sources / gcd(sources, targets).</param>
/// <param name="Moves">What moves; at most sources + targets − 1 entries, which form no cycle.</param>
/// <param name="Cost">The objective: Σ mass · squared distance.</param>
/// <param name="Potentials">The dual solution that proves the plan optimal.</param>
internal sealed record PlanarPlan(long SourceMass, long TargetMass, PlanarMove[] Moves, Int128 Cost, DualPotentials Potentials);
