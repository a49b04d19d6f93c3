namespace CellStitch.Core.Stitching;

/// <summary>What speaks for and against a cell. Its slices are added layer by layer.</summary>
internal struct ConfidenceParts
{
    private double _minMargin;
    private double _marginPixels;
    private long _weighedPixels;
    private double _maxRejection;
    private int _gaps;
    private int _layers;
    private int _lastLayer;
    private long _voxels;
    private bool _ends;

    /// <summary>Whether a margin was added.</summary>
    public readonly bool HasMargin => _weighedPixels > 0;

    /// <summary>Counts a slice.</summary>
    /// <param name="layer">Its layer; that of the slice added before, or a later one.</param>
    /// <param name="pixels">Its area.</param>
    /// <param name="isEnd">Whether no slice lies above or none below that layer.</param>
    public void AddSlice(int layer, int pixels, bool isEnd)
    {
        if (_layers == 0 || _lastLayer != layer)
        {
            _gaps += _layers == 0 ? 0 : layer - _lastLayer - 1;
            _layers++;
            _lastLayer = layer;
        }

        _voxels += pixels;
        _ends |= isEnd;
    }

    /// <summary>Takes the margin of a slice or link into account.</summary>
    /// <param name="margin">In [−1, 1].</param>
    /// <param name="pixels">Its weight in the mean: the area of the slice.</param>
    public void AddMargin(double margin, int pixels)
    {
        _minMargin = _weighedPixels == 0 ? margin : Math.Min(_minMargin, margin);
        _marginPixels += margin * pixels;
        _weighedPixels += pixels;
    }

    /// <summary>Takes the votes between two slices into account.</summary>
    /// <param name="share">Share of rejecting ones, in [0, 1].</param>
    public void AddRejection(double share) => _maxRejection = Math.Max(_maxRejection, share);

    /// <summary>Judges all cells.</summary>
    /// <param name="cells">By label; entry 0 is not a cell.</param>
    /// <param name="weights">What the parts count.</param>
    /// <returns>By label, label 1 first.</returns>
    public static CellConfidence[] Judge(ConfidenceParts[] cells, ConfidenceWeights weights)
    {
        int usual = UsualLayers(cells);
        return [.. cells.Skip(1).Select(cell => new CellConfidence(
            Math.Round(cell.Confidence(weights, usual), 3), Math.Round(cell._minMargin, 3), Math.Round(cell._maxRejection, 3), cell._gaps))];
    }

    private readonly double Confidence(ConfidenceWeights weights, int usualLayers)
    {
        double meanMargin = _marginPixels / _weighedPixels;
        double length = usualLayers == 0 ? 1 : Math.Min(1, (double)_layers / usualLayers);
        return Logistic(
            (weights.MinMargin * _minMargin)
            + (weights.MeanMargin * meanMargin)
            - (weights.Rejection * _maxRejection)
            - (weights.Gaps * _gaps / _layers)
            + (weights.Length * length)
            + (_ends ? weights.End : 0)
            + weights.Constant);
    }

    // 1 / (1 + e⁻ᵗ) by sums, products and quotients alone, which are the same on every machine: e⁻ᵗ = (e^(−t/2¹⁰))^(2¹⁰).
    private static double Logistic(double t)
    {
        const int Halvings = 10;
        double x = -t / (1 << Halvings);
        double power = 1 + x + (x * x / 2) + (x * x * x / 6);
        for (int i = 0; i < Halvings; i++)
        {
            power *= power;
        }

        return 1 / (1 + power);
    }

    // Half of all voxels lie in cells of at most so many layers.
    private static int UsualLayers(ConfidenceParts[] cells)
    {
        long all = cells.Skip(1).Sum(cell => cell._voxels);
        long voxels = 0;
        foreach (ConfidenceParts cell in cells.Skip(1).OrderBy(cell => cell._layers))
        {
            voxels += cell._voxels;
            if (2 * voxels >= all)
            {
                return cell._layers;
            }
        }

        return 0;
    }
}
