namespace CellStitch.Functions.Jobs;

/// <summary>Whether a job can start.</summary>
/// <param name="Start">All that it needs is there.</param>
/// <param name="Wait">It could start, but projections may still be on their way.</param>
/// <param name="Missing">Why it cannot start; a sentence.</param>
internal sealed record Completeness(bool Start, bool Wait, string? Missing)
{
    /// <summary>Looks at the files of a job.</summary>
    /// <param name="files">What lies in its folder.</param>
    /// <param name="options">Its options; null when they cannot be read, which the run itself then reports.</param>
    public static Completeness Of(IReadOnlyList<FileVersion> files, JobOptions? options)
    {
        IReadOnlyList<FileVersion> own = FilesOf(files, options);
        bool Has(string name) => own.Any(file => file.Name == name);

        if (options is null)
        {
            return new Completeness(Start: true, Wait: false, null);
        }

        if (options.Files is { Count: > 0 } expected && expected.FirstOrDefault(name => !Has(name)) is { } absent)
        {
            return Waiting($"{absent} has not arrived; job.json lists it.");
        }

        if (!Has(DropFile.Xy))
        {
            return Has(DropFile.Raw) ? new Completeness(Start: true, Wait: false, null) : Waiting("xy.tif has not arrived.");
        }

        if (Has(DropFile.Xz) != Has(DropFile.Yz))
        {
            return Waiting($"{(Has(DropFile.Xz) ? DropFile.Yz : DropFile.Xz)} has not arrived; the projections count together.");
        }

        bool alone = !Has(DropFile.Xz) && !Has(DropFile.Options);
        return new Completeness(Start: true, Wait: alone, null);
    }

    /// <summary>The files that belong to a job: what its options list, with the options themselves; all that is there when they list nothing or cannot be read.</summary>
    public static IReadOnlyList<FileVersion> FilesOf(IReadOnlyList<FileVersion> files, JobOptions? options) => options?.Files is not { Count: > 0 } listed
        ? files
        : [.. files.Where(file => listed.Contains(file.Name) || file.Name is DropFile.Options or DropFile.Defaults)];

    private static Completeness Waiting(string missing) => new(Start: false, Wait: false, missing);
}
