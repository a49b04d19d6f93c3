using System.Text;

namespace CellStitch.Charts;

/// <summary>Tables of a report in Markdown.</summary>
public static class MarkdownTable
{
    /// <summary>Appends a table, and an empty line.</summary>
    /// <param name="text">Receives it.</param>
    /// <param name="header">The names of the columns.</param>
    /// <param name="rows">Rows of as many cells.</param>
    public static void Append(StringBuilder text, IReadOnlyList<string> header, IEnumerable<IReadOnlyList<string>> rows)
    {
        Row(header);
        text.Append('|').Insert(text.Length, "---|", header.Count).Append('\n');
        foreach (IReadOnlyList<string> row in rows)
        {
            Row(row);
        }

        text.Append('\n');

        void Row(IReadOnlyList<string> cells) => text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");
    }
}
