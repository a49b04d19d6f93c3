using CellStitch.Core.IO;

namespace CellStitch.Core.Interpolation.Stages;

/// <summary>The units of one gap, between the stages.</summary>
internal static class UnitTable
{
    private static readonly TableKind Kind = new("CSun", "table of units");

    public static byte[] Write(int gap, IReadOnlyList<GapUnit> units)
    {
        var table = new TableWriter(Kind);
        table.Number(gap);
        table.Number(units.Count);
        uint label = 0;
        foreach (GapUnit unit in units)
        {
            table.Number(unit.Label - label);
            label = unit.Label;
            table.NumberOrNone(unit.Above is int above ? gap - above : -1);
            table.NumberOrNone(unit.Below is int below ? below - gap - 1 : -1);
        }

        return table.ToArray();
    }

    /// <summary>Reads the table of the gap below a layer.</summary>
    /// <exception cref="InvalidDataException">The table is damaged or of another gap or volume.</exception>
    public static GapUnit[] Read(Stream stream, int gap, int depth)
    {
        var table = new TableReader(stream, Kind);
        if (table.Int() is var stated && stated != gap)
        {
            throw new InvalidDataException($"The {Kind.Name} is of the gap below layer {stated}; expected {gap}.");
        }

        var units = new GapUnit[table.Count()];
        uint label = 0;
        for (int i = 0; i < units.Length; i++)
        {
            label += table.Label();
            (int above, int below) = (table.IntOrNone(), table.IntOrNone());
            if (above > gap || below >= depth - gap - 1 || (above < 0 && below < 0))
            {
                throw Kind.Damaged($"cell {label} has its slices outside the volume.");
            }

            units[i] = new GapUnit(label, above < 0 ? null : gap - above, below < 0 ? null : gap + 1 + below);
        }

        table.End();
        return units;
    }
}
