using CellStitch.Functions.Jobs;

namespace CellStitch.Functions.Storage;

/// <summary>What only the pixels of the masks tell (8 bits that are full), kept beside the tables: it must not be lost with the activity that noticed it.</summary>
internal static class MaskNotes
{
    /// <summary>Keeps the notes on stacks, as far as they have been read.</summary>
    public static async Task WriteAsync(IWork work, IEnumerable<TiffStack> stacks, CancellationToken cancellation)
    {
        foreach (TiffStack stack in stacks)
        {
            if (stack.Note is { } note)
            {
                await work.WriteAsync(WorkName.Note(stack.Reader.Name), BinaryData.FromString(note), cancellation);
            }
        }
    }

    /// <summary>All notes of a run.</summary>
    public static async Task<IReadOnlyList<string>> ReadAsync(BlobWork work, CancellationToken cancellation)
    {
        var notes = new List<string>();
        foreach (string file in new[] { DropFile.Xy, DropFile.Xz, DropFile.Yz })
        {
            if (await Blobs.ReadIfThereAsync(work.Blob(WorkName.Note(file)), cancellation) is { } note)
            {
                notes.Add(note.ToString());
            }
        }

        return notes;
    }
}
