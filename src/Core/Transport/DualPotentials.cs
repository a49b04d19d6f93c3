namespace CellStitch.Core.Transport;

/// <summary>
/// A dual solution π of a <see cref="TransportProblem"/>, the hub's potential being 0. The reduced cost of an arc i → j is
/// c(i, j) − π(i) + π(j); a plan is optimal if none is negative and all mass moves where it is 0.
/// </summary>
public sealed class DualPotentials
{
    private readonly long[] _source;
    private readonly long[] _target;

    /// <summary>Takes the arrays over without copying them.</summary>
    /// <param name="source">π per source.</param>
    /// <param name="target">π per target.</param>
    public DualPotentials(long[] source, long[] target)
    {
        _source = source;
        _target = target;
    }

    /// <summary>π per source: at an optimum what one more unit from there to the hub would cost, at most the hub's cost.</summary>
    public ReadOnlySpan<long> Source => _source;

    /// <summary>π per target: at an optimum the cost that one more unit of mass there would save, at least 0.</summary>
    public ReadOnlySpan<long> Target => _target;
}
