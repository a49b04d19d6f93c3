namespace CellStitch.Core.IO;

/// <summary>A kind of binary table (docs/formats.md): four letters at its start, and a name for messages.</summary>
/// <param name="Magic">The first four bytes of the table, ASCII.</param>
/// <param name="Name">What it holds.</param>
internal sealed record TableKind(string Magic, string Name)
{
    /// <summary>Raised whenever what a table holds changes, so that tables of another version are refused, never misread.</summary>
    public const ushort Version = 1;

    /// <summary>The exception for a table that cannot be what it says.</summary>
    public InvalidDataException Damaged(string detail) => new($"The {Name} is damaged: {detail}");
}
