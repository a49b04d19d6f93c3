using System.Globalization;

namespace CellStitch.Cli;

/// <summary>A table as plain text, the same on a terminal and in a file: columns aligned, numbers to the right.</summary>
internal static class TextTable
{
    private const string Gap = "  ";

    /// <param name="output">Where it goes.</param>
    /// <param name="rows">Equally long rows of numbers and text, the headings first; doubles are shown with three places.</param>
    public static void Write(TextWriter output, params IReadOnlyList<object[]> rows)
    {
        string[][] cells = [.. rows.Select(row => row.Select(Show).ToArray())];
        int[] widths = [.. Enumerable.Range(0, cells[0].Length).Select(column => cells.Max(row => row[column].Length))];

        // Headings align with what is below them.
        bool[] toTheLeft = [.. rows[^1].Select(cell => cell is string)];
        foreach (string[] row in cells)
        {
            IEnumerable<string> padded = row.Select((cell, column) => toTheLeft[column] ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]));
            output.WriteLine($"{Gap}{string.Join(Gap, padded)}".TrimEnd());
        }
    }

    private static string Show(object cell) => cell is double number
        ? number.ToString("0.000", CultureInfo.InvariantCulture)
        : Convert.ToString(cell, CultureInfo.InvariantCulture)!;
}
