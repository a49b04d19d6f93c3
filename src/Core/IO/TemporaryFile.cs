namespace CellStitch.Core.IO;

/// <summary>Files that vanish when they are closed.</summary>
internal static class TemporaryFile
{
    /// <summary>Creates an empty file in <paramref name="folder"/>, or in the system's folder for temporary files when null.</summary>
    public static FileStream Create(string? folder = null)
    {
        string path = Path.Combine(folder ?? Path.GetTempPath(), $"cellstitch-{Path.GetRandomFileName()}");
        return new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read, bufferSize: 1 << 16, FileOptions.DeleteOnClose);
    }
}
