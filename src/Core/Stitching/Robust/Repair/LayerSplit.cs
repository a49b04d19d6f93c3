using CellStitch.Core.IO;

namespace CellStitch.Core.Stitching;

/// <summary>Neighbouring pixels of one row or more, in raster order, that have one label.</summary>
/// <param name="Start">Raster index of the first.</param>
/// <param name="Length">Number of pixels.</param>
/// <param name="Label">Their label.</param>
internal readonly record struct LabelRun(int Start, int Length, uint Label)
{
    public int End => Start + Length;
}

/// <summary>The slices of one layer that were split, as the pixels of their parts under labels of their own.</summary>
internal sealed class LayerSplit
{
    private LayerSplit(int slices, LabelRun[] runs)
    {
        (Slices, Runs) = (slices, runs);
    }

    /// <summary>Nothing was split.</summary>
    public static LayerSplit None { get; } = new(0, []);

    /// <summary>How many slices were split; a part that was split again counts again.</summary>
    public int Slices { get; }

    /// <summary>All pixels of the split slices, ascending.</summary>
    public LabelRun[] Runs { get; }

    /// <summary>This split with further ones on top of it.</summary>
    /// <param name="slices">How many slices they split.</param>
    /// <param name="runs">All pixels of those slices, ascending.</param>
    public LayerSplit Plus(int slices, LabelRun[] runs)
    {
        // A part that was split again is in the new runs as a whole, any other one not at all.
        var kept = new List<LabelRun>(Runs.Length);
        int next = 0;
        foreach (LabelRun run in Runs)
        {
            while (next < runs.Length && runs[next].End <= run.Start)
            {
                next++;
            }

            if (next == runs.Length || runs[next].Start > run.Start)
            {
                kept.Add(run);
            }
        }

        return new LayerSplit(Slices + slices, [.. kept.Concat(runs).OrderBy(run => run.Start)]);
    }

    /// <summary>Gives pixels of the mask the labels of the parts.</summary>
    /// <param name="pixels">Pixels of the mask.</param>
    /// <param name="first">Raster index of the first of them.</param>
    public void Apply(Span<uint> pixels, int first)
    {
        foreach (LabelRun run in RunsFrom(first))
        {
            if (run.Start >= first + pixels.Length)
            {
                return;
            }

            int start = Math.Max(0, run.Start - first);
            pixels[start..Math.Min(pixels.Length, run.End - first)].Fill(run.Label);
        }
    }

    /// <summary>The runs that end after a pixel.</summary>
    public ReadOnlySpan<LabelRun> RunsFrom(int pixel)
    {
        (int low, int high) = (0, Runs.Length);
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = Runs[middle].End <= pixel ? (middle + 1, high) : (low, middle);
        }

        return Runs.AsSpan(low);
    }

    public void Write(TableWriter table)
    {
        table.Number(Slices);
        table.Number(Runs.Length);
        int end = 0;
        foreach (LabelRun run in Runs)
        {
            table.Number(run.Start - end);
            table.Number(run.Length);
            table.Number(run.Label);
            end = run.End;
        }
    }

    public static LayerSplit Read(TableReader table)
    {
        int slices = table.Int();
        var runs = new LabelRun[table.Count()];
        int end = 0;
        for (int i = 0; i < runs.Length; i++)
        {
            runs[i] = new LabelRun(end + table.Int(), table.Int(), table.Label());
            end = runs[i].End;
        }

        return runs.Length == 0 ? None : new LayerSplit(slices, runs);
    }
}
