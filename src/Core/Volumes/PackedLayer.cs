using System.Numerics;
using System.Runtime.InteropServices;
using CellStitch.Core.Stitching;

namespace CellStitch.Core.Volumes;

/// <summary>Which pixel of a layer mostly has the label of the next one.</summary>
internal enum LabelGrain
{
    /// <summary>The one before it in its row: XY and XZ masks.</summary>
    Rows,

    /// <summary>The one above it: YZ masks, whose columns are labelled each by itself.</summary>
    Columns,
}

/// <summary>
/// A layer of labels in about an eighth of its memory: a bit for every pixel that differs from the one before it along the grain, and the labels of those. Filled again
/// and again, so that its arrays stay. Filled by one thread, then read from several.
/// </summary>
/// <param name="width">Columns.</param>
/// <param name="height">Rows.</param>
/// <param name="grain">The grain.</param>
internal sealed class PackedLayer(int width, int height, LabelGrain grain)
{
    // Rows between those that stand by themselves, where reading can begin.
    private const int KeyRows = 64;

    private readonly int _wordsOfRow = ((width - 1) / PixelRuns.Block) + 1;
    private readonly int[] _firstLabel = new int[((height - 1) / KeyRows) + 1];
    private ulong[] _changes = [];
    private uint[] _labels = [];
    private int _count;

    /// <summary>Memory held, in bytes.</summary>
    public long Bytes => (sizeof(ulong) * (long)_changes.Length) + (sizeof(uint) * (long)_labels.Length);

    private int Width => width;

    private LabelGrain Grain => grain;

    /// <summary>Takes the labels of a layer.</summary>
    /// <exception cref="InvalidMaskException">The layer cannot be read or does not hold labels.</exception>
    public void Fill(ILayerSource stack, int z)
    {
        if (_changes.Length == 0)
        {
            _changes = new ulong[_wordsOfRow * height];
        }

        _count = 0;
        using var bands = new RowBands(stack, z, stack.Shape);
        var above = new uint[width];
        while (bands.Next())
        {
            for (int at = 0; at < bands.Labels.Length; at += width)
            {
                ReadOnlySpan<uint> row = bands.Labels.Slice(at, width);
                Add(row, (bands.First + at) / width, at > 0 ? bands.Labels.Slice(at - width, width) : above);
            }

            bands.Labels[^width..].CopyTo(above);
        }
    }

    /// <summary>Opens its rows.</summary>
    /// <param name="firstRow">The first row that is read.</param>
    public IRowReader OpenRows(int firstRow)
    {
        int key = Math.Min(firstRow, height - 1) / KeyRows * KeyRows;
        var rows = new Rows(this, key);
        rows.Skip(firstRow - key);
        return rows;
    }

    private void Add(ReadOnlySpan<uint> row, int y, ReadOnlySpan<uint> above)
    {
        bool isKey = y % KeyRows == 0;
        if (isKey)
        {
            _firstLabel[y / KeyRows] = _count;
        }

        ref uint pixels = ref MemoryMarshal.GetReference(row);
        ref uint before = ref MemoryMarshal.GetReference(grain == LabelGrain.Rows ? row : above);
        Span<ulong> words = _changes.AsSpan(y * _wordsOfRow, _wordsOfRow);
        for (int word = 0; word < words.Length; word++)
        {
            int at = word * PixelRuns.Block;
            int count = Math.Min(PixelRuns.Block, width - at);
            ulong changes;
            if (grain == LabelGrain.Columns)
            {
                changes = isKey ? ulong.MaxValue >> (PixelRuns.Block - count) : PixelRuns.Differences(ref pixels, ref before, at, 0, count);
            }
            else
            {
                // The first pixel of a row has none before it.
                changes = at > 0 ? PixelRuns.Differences(ref pixels, ref before, at, -1, count)
                    : 1 | (PixelRuns.Differences(ref pixels, ref before, 1, -1, count - 1) << 1);
            }

            words[word] = changes;
            if (_labels.Length - _count < PixelRuns.Block)
            {
                Array.Resize(ref _labels, _labels.Length + (_labels.Length / 4) + (width * 4) + PixelRuns.Block);
            }

            for (; changes != 0; changes &= changes - 1)
            {
                _labels[_count++] = row[at + BitOperations.TrailingZeroCount(changes)];
            }
        }
    }

    private sealed class Rows(PackedLayer layer, int row) : IRowReader
    {
        private readonly uint[] _above = new uint[layer.Width];
        private int _row = row;
        private int _next = layer._firstLabel[row / KeyRows];

        public void Skip(int rows)
        {
            for (int i = 0; i < rows; i++)
            {
                Read(_above);
            }
        }

        public void Read(Span<uint> rows)
        {
            int width = _above.Length;
            ReadOnlySpan<uint> above = _above;
            for (int at = 0; at < rows.Length; at += width)
            {
                Span<uint> row = rows.Slice(at, width);
                ReadOnlySpan<ulong> words = layer._changes.AsSpan(_row * layer._wordsOfRow, layer._wordsOfRow);
                if (layer.Grain == LabelGrain.Columns)
                {
                    above.CopyTo(row);
                    Scatter(words, row);
                }
                else
                {
                    Spread(words, row);
                }

                above = row;
                _row++;
            }

            above.CopyTo(_above);
        }

        public void Dispose()
        {
        }

        // Labels to the pixels that differ from those above.
        private void Scatter(ReadOnlySpan<ulong> words, Span<uint> row)
        {
            ReadOnlySpan<uint> labels = layer._labels;
            int next = _next;
            for (int word = 0; word < words.Length; word++)
            {
                for (ulong changes = words[word]; changes != 0; changes &= changes - 1)
                {
                    row[(word * PixelRuns.Block) + BitOperations.TrailingZeroCount(changes)] = labels[next++];
                }
            }

            _next = next;
        }

        // Labels to the runs that begin at the pixels that differ from the one before.
        private void Spread(ReadOnlySpan<ulong> words, Span<uint> row)
        {
            ReadOnlySpan<uint> labels = layer._labels;
            int next = _next;
            int start = 0;
            uint label = 0;
            for (int word = 0; word < words.Length; word++)
            {
                for (ulong changes = words[word]; changes != 0; changes &= changes - 1)
                {
                    int end = (word * PixelRuns.Block) + BitOperations.TrailingZeroCount(changes);
                    row[start..end].Fill(label);
                    (start, label) = (end, labels[next++]);
                }
            }

            row[start..].Fill(label);
            _next = next;
        }
    }
}
