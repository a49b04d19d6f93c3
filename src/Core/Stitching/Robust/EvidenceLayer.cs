using CellStitch.Core.IO;
using CellStitch.Core.Volumes;

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
    /// <summary>Its slices that were split; the slices above are those after it.</summary>
    public LayerSplit Split { get; init; } = LayerSplit.None;

    /// <summary>The slices without their support.</summary>
    public CellSlice[] CellSlices => [.. Slices.Select(slice => new CellSlice(slice.Label, slice.Pixels, slice.FirstPixel))];

    /// <summary>The slices of all layers, each as a cell of its own.</summary>
    public static (CellSlice[][] Layers, Relabeling Cells) AsCells(IReadOnlyList<EvidenceLayer> evidence)
    {
        var cells = new Relabeling();
        var layers = new CellSlice[evidence.Count][];
        foreach (EvidenceLayer layer in evidence)
        {
            layers[layer.Layer] = layer.CellSlices;
            cells.Append(layer.Slices.Length, links: null);
        }

        return (layers, cells);
    }

    /// <summary>Writes all but what the slices hold beside.</summary>
    public void Write(TableWriter table)
    {
        table.Number(Layer);
        table.Number(FirstSlice);
        foreach (SupportedSlice slice in Slices)
        {
            table.Number(slice.Support);
        }

        foreach (SliceVotes[] pairs in Overlaps)
        {
            Write(table, pairs);
        }

        Write(table, Neighbours);
        Split.Write(table);
    }

    /// <summary>Reads what <see cref="Write(TableWriter)"/> wrote.</summary>
    /// <param name="table">The table.</param>
    /// <param name="layers">The slices of all layers.</param>
    public static EvidenceLayer Read(TableReader table, CellSlice[][] layers)
    {
        (int layer, int first) = (table.Int(), table.Int());
        if (layer >= layers.Length)
        {
            throw table.Kind.Damaged($"it has evidence of layer {layer} of {layers.Length}.");
        }

        SupportedSlice[] slices = [.. layers[layer].Select(slice => new SupportedSlice(slice.Label, slice.Pixels, slice.FirstPixel, table.Int()))];
        var overlaps = new SliceVotes[EvidenceMeasurement.Distances.Length][];
        for (int d = 0; d < overlaps.Length; d++)
        {
            overlaps[d] = ReadPairs(table);
        }

        return new EvidenceLayer(layer, first, slices, overlaps, ReadPairs(table)) { Split = LayerSplit.Read(table) };
    }

    private static void Write(TableWriter table, SliceVotes[] pairs)
    {
        table.Number(pairs.Length);
        foreach (SliceVotes pair in pairs)
        {
            table.Number(pair.B);
            table.Number(pair.B - pair.A);
            table.Number(pair.Pixels);
            table.Number(pair.Agreeing);
            table.Number(pair.Rejecting);
        }
    }

    private static SliceVotes[] ReadPairs(TableReader table)
    {
        var pairs = new SliceVotes[table.Count()];
        for (int i = 0; i < pairs.Length; i++)
        {
            int b = table.Int();
            pairs[i] = new SliceVotes(b - table.Int(), b, table.Int(), table.Int(), table.Int());
        }

        return pairs;
    }
}

/// <summary>Numbers the slices, layer after layer; holds the labels of the last layers only.</summary>
/// <param name="shape">Shape of the volume.</param>
internal sealed class EvidenceChain(VolumeShape shape)
{
    private readonly Dictionary<int, Dictionary<uint, int>> _numbers = [];
    private readonly Queue<int> _known = new();

    public VolumeShape Shape { get; } = shape;

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
        return new EvidenceLayer(votes.Layer, first, votes.Slices, overlaps, Numbered(votes.Neighbours, votes.Layer, votes.Layer))
        {
            Split = votes.Split,
        };
    }

    /// <summary>Reads what <see cref="ToArray"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The table is damaged.</exception>
    public static EvidenceChain Read(Stream stream)
    {
        var table = new TableReader(stream, StageTable.Chain);
        var chain = new EvidenceChain(table.Shape());
        (int layers, int slices) = (table.Int(), table.Int());
        for (int left = table.Count(); left > 0; left--)
        {
            (int layer, int first) = (table.Int(), table.Int());
            var labels = new uint[table.Count()];
            for (int i = 0; i < labels.Length; i++)
            {
                labels[i] = table.Label();
            }

            chain.Slices = first - 1;
            chain.Know(layer, labels);
        }

        table.End();
        (chain.Layers, chain.Slices) = (layers, slices);
        return chain;
    }

    public byte[] ToArray()
    {
        var table = new TableWriter(StageTable.Chain);
        table.Shape(Shape);
        table.Number(Layers);
        table.Number(Slices);
        table.Number(_known.Count);
        foreach (int layer in _known)
        {
            table.Number(layer);
            table.Number(_numbers[layer].Values.Min());
            table.Number(_numbers[layer].Count);
            foreach ((uint label, int _) in _numbers[layer].OrderBy(entry => entry.Value))
            {
                table.Number(label);
            }
        }

        return table.ToArray();
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
