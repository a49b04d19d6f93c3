namespace CellStitch.Functions.Jobs;

/// <summary>How an interpolation is cut: batches of units of a gap, and gaps composed together. Follows from the plan and the listed units; the result does not depend on it.</summary>
internal sealed class InterpolationPlan
{
    private const int StandardPairs = 1000;

    // Each part ends with a block of labels_isotropic.tif, and a blob has 50,000 of them.
    private const int MostParts = 20_000;

    private readonly int _pairs;
    private readonly int _gapsOfPart;
    private readonly IReadOnlyList<int> _units;

    // Batches before each gap, and of all gaps.
    private readonly int[] _batches;

    /// <param name="plan">The plan of the run.</param>
    /// <param name="units">Units of every gap.</param>
    public InterpolationPlan(JobPlan plan, IReadOnlyList<int> units)
    {
        (_pairs, _units) = (plan.Options.PairsPerActivity ?? StandardPairs, units);
        _gapsOfPart = plan.Fused ? units.Count : Parts(units.Count, MostParts);
        _batches = new int[units.Count + 1];
        for (int gap = 0; gap < units.Count; gap++)
        {
            _batches[gap + 1] = _batches[gap] + (units[gap] == 0 ? 0 : Parts(units[gap], _pairs));
        }
    }

    /// <summary>Batches of units.</summary>
    public int Batches => _batches[^1];

    /// <summary>Parts of the composition.</summary>
    public int ComposedParts => Parts(_units.Count, _gapsOfPart);

    /// <summary>The gap of a batch and its units there.</summary>
    public (int Gap, Range Units) BatchAt(int batch)
    {
        int gap = 0;
        while (_batches[gap + 1] <= batch)
        {
            gap++;
        }

        int first = (batch - _batches[gap]) * _pairs;
        return (gap, first..Math.Min(_units[gap], first + _pairs));
    }

    /// <summary>The batches of a gap.</summary>
    public IEnumerable<int> BatchesOf(int gap) => Enumerable.Range(_batches[gap], _batches[gap + 1] - _batches[gap]);

    /// <summary>The gaps of a part.</summary>
    public IEnumerable<int> GapsOf(int part)
    {
        int first = part * _gapsOfPart;
        return Enumerable.Range(first, Math.Min(_gapsOfPart, _units.Count - first));
    }

    private static int Parts(int whole, int part) => ((whole - 1) / part) + 1;
}
