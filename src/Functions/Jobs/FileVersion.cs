namespace CellStitch.Functions.Jobs;

/// <summary>A dropped file as it was when the job started.</summary>
/// <param name="Name">One of <see cref="DropFile.All"/>, or <see cref="DropFile.Defaults"/>.</param>
/// <param name="Blob">Name of the blob in the drop container.</param>
/// <param name="ETag">Its version; every read is made under it.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Modified">When it was last written.</param>
public sealed record FileVersion(string Name, string Blob, string ETag, long Bytes, DateTimeOffset Modified);
