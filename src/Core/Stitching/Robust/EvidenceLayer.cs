namespace CellStitch.Core.Stitching;

/// <summary>What is known of two slices, by their numbers in the volume.</summary>
/// <param name="A">The slice with the smaller number.</param>
/// <param name="B">The slice with the larger number.</param>
/// <param name="Pixels">Pixels they share; in one layer, pairs of pixels that face each other.</param>
/// <param name="Agreeing">Votes for one cell.</param>
/// <param name="Rejecting">Votes against.</param>
internal readonly record struct SliceVotes(int A, int B, int Pixels, int Agreeing, int Rejecting);

/// <summary>The evidence of one layer with itself and with layers before it. Slices are numbered 1 … by layer, then first pixel.</summary>
/// <param name="Layer">Layer z.</param>
/// <param name="FirstSlice">Number of its first slice.</param>
/// <param name="Slices">Its slices.</param>
/// <param name="Overlaps">For each of <see cref="EvidenceMeasurement.Distances"/> its overlaps with the layer that far before it.</param>
/// <param name="Neighbours">Its slices that face each other.</param>
internal sealed record EvidenceLayer(int Layer, int FirstSlice, SupportedSlice[] Slices, SliceVotes[][] Overlaps, SliceVotes[] Neighbours)
{
    /// <summary>The slices of all layers, each as a cell of its own.</summary>
    public static (CellSlice[][] Layers, Relabeling Cells) AsCells(IReadOnlyList<EvidenceLayer> evidence)
    {
        var cells = new Relabeling();
        var layers = new CellSlice[evidence.Count][];
        foreach (EvidenceLayer layer in evidence)
        {
            layers[layer.Layer] = [.. layer.Slices.Select(slice => new CellSlice(slice.Label, slice.Pixels, slice.FirstPixel))];
            cells.Append(layer.Slices.Length, links: null);
        }

        return (layers, cells);
    }
}

/// <summary>Numbers the slices, layer after layer; holds the labels of the last layers only.</summary>
internal sealed class EvidenceChain
{
    private readonly Dictionary<int, Dictionary<uint, int>> _numbers = [];
    private readonly Queue<int> _known = new();

    /// <summary>Layers so far.</summary>
    public int Layers { get; private set; }

    /// <summary>Slices so far.</summary>
    public int Slices { get; private set; }

    /// <summary>Appends the next layer.</summary>
    /// <exception cref="InvalidDataException">The votes are not of the next layer, or name slices that are not there.</exception>
    public EvidenceLayer Append(LayerVotes votes)
    {
        if (votes.Layer != Layers)
        {
            throw new InvalidDataException($"Evidence of layer {votes.Layer} follows that of {Layers} layers.");
        }

        int first = Slices + 1;
        Layers++;
        Know(votes.Layer, [.. votes.Slices.Select(slice => slice.Label)]);
        SliceVotes[][] overlaps = [.. votes.Overlaps.Select((pairs, d) => Numbered(pairs, votes.Sources[d], votes.Layer))];
        return new EvidenceLayer(votes.Layer, first, votes.Slices, overlaps, Numbered(votes.Neighbours, votes.Layer, votes.Layer));
    }

    private void Know(int layer, uint[] labels)
    {
        if (labels.Length == 0)
        {
            return;
        }

        var numbers = new Dictionary<uint, int>(labels.Length);
        foreach (uint label in labels)
        {
            numbers.Add(label, ++Slices);
        }

        _numbers[layer] = numbers;
        _known.Enqueue(layer);
        if (_known.Count > EvidenceMeasurement.Distances[^1] + 1)
        {
            _numbers.Remove(_known.Dequeue());
        }
    }

    private SliceVotes[] Numbered(PairVotes[] pairs, int layerA, int layerB)
    {
        if (pairs.Length == 0)
        {
            return [];
        }

        if (!_numbers.TryGetValue(layerA, out Dictionary<uint, int>? a) || !_numbers.TryGetValue(layerB, out Dictionary<uint, int>? b))
        {
            throw new InvalidDataException($"Evidence of layers {layerA} and {layerB} was measured on other masks.");
        }

        var numbered = new SliceVotes[pairs.Length];
        for (int i = 0; i < pairs.Length; i++)
        {
            if (!a.TryGetValue(pairs[i].A, out int first) || !b.TryGetValue(pairs[i].B, out int second))
            {
                throw new InvalidDataException($"Evidence of layers {layerA} and {layerB} names slices that are not there.");
            }

            numbered[i] = new SliceVotes(
                Math.Min(first, second), Math.Max(first, second), pairs[i].Pixels, pairs[i].Agreeing, pairs[i].Rejecting);
        }

        return numbered;
    }
}
