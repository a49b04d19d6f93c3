namespace CellStitch.Core.Stitching;

/// <summary>The tables that pass between the stages: four letters at their start, and a name for messages.</summary>
/// <param name="Magic">The first four bytes of the table, ASCII.</param>
/// <param name="Name">What it holds.</param>
internal sealed record TableKind(string Magic, string Name)
{
    /// <summary>Raised whenever a stage or a table changes, so that tables of another version are refused, never misread.</summary>
    public const ushort Version = 1;

    public static readonly TableKind Overlaps = new("CSov", "overlap table");

    public static readonly TableKind State = new("CSst", "state of the trace");

    public static readonly TableKind Cells = new("CSce", "table of traced cells");

    public static readonly TableKind Census = new("CSco", "census");

    public static readonly TableKind Survey = new("CSsu", "survey");

    public static readonly TableKind Labels = new("CSla", "table of final labels");

    public static readonly TableKind Written = new("CSwr", "table of written layers");

    /// <summary>The exception for a table that cannot be what it says.</summary>
    public InvalidDataException Damaged(string detail) => new($"The {Name} is damaged: {detail}");
}
