using System.Globalization;
using System.Text;

namespace CellStitch.Functions.Jobs;

/// <summary>Text that strangers chose parts of, as it may stand in a log: nothing in it begins a line, turns around or hides what is shown, or goes on without end.</summary>
internal static class OneLine
{
    private const int Longest = 600;

    public static string Of(string text)
    {
        var line = new StringBuilder(Math.Min(text.Length, Longest));
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (line.Length >= Longest)
            {
                return line.Append('…').ToString();
            }

            line.Append(IsShown(rune) ? rune.ToString() : Rune.ReplacementChar.ToString());
        }

        return line.ToString();
    }

    private static bool IsShown(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
