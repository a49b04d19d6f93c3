using CellStitch.Core.IO;

namespace CellStitch.Core.Interpolation.Stages;

/// <summary>What some cells claim of the layers of one gap.</summary>
internal static class ClaimsTable
{
    private static readonly TableKind Kind = new("CScl", "table of claims");

    public static void Write(Stream stream, int gap, IReadOnlyList<InterpolatedSlice> slices)
    {
        var table = new TableWriter(Kind);
        table.Number(gap);
        table.Number(slices.Count);
        foreach (InterpolatedSlice slice in slices)
        {
            table.Number(slice.Label);
            table.Number(slice.Step);
            table.Flag(slice.Matched);
            table.Number(slice.Box.Top);
            table.Number(slice.Box.Left);
            table.Number(slice.Box.Height);
            table.Number(slice.Box.Width);
            int before = 0;
            foreach (short depth in slice.Depths)
            {
                // Depths change little from pixel to pixel: mostly a byte each.
                int change = depth - before;
                table.Number((change << 1) ^ (change >> 31));
                before = depth;
            }
        }

        table.WriteTo(stream);
    }

    /// <summary>Reads a table of the gap below a layer.</summary>
    /// <exception cref="InvalidDataException">The table is damaged or of another gap or volume.</exception>
    public static InterpolatedSlice[] Read(Stream stream, int gap, int steps, PixelBox image)
    {
        var table = new TableReader(stream, Kind);
        if (table.Int() is var stated && stated != gap)
        {
            throw new InvalidDataException($"The {Kind.Name} is of the gap below layer {stated}; expected {gap}.");
        }

        var slices = new InterpolatedSlice[table.Count()];
        for (int i = 0; i < slices.Length; i++)
        {
            (uint label, int step, bool matched) = (table.Label(), table.Int(), table.Flag());
            (int top, int left, int height, int width) = (table.Int(), table.Int(), table.Int(), table.Int());
            if (step < 1 || step > steps || height > image.Height - top || width > image.Width - left)
            {
                throw Kind.Damaged($"cell {label} claims a place outside the gap.");
            }

            var depths = new short[height * width];
            int depth = 0;
            for (int at = 0; at < depths.Length; at++)
            {
                int change = table.Int();
                depth += (change >> 1) ^ -(change & 1);
                depths[at] = depth is >= short.MinValue and <= short.MaxValue ? (short)depth : throw Kind.Damaged("it has a depth above 16 bits.");
            }

            slices[i] = new InterpolatedSlice(label, step, matched, new PixelBox(top, left, height, width), depths);
        }

        table.End();
        return slices;
    }
}
