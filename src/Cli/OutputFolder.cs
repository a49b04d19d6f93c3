namespace CellStitch.Cli;

/// <summary>A folder of files that take their names together, once all of them are complete.</summary>
internal sealed class OutputFolder : IDisposable
{
    private readonly string _path;
    private readonly bool _created;
    private readonly List<OutputFile> _files = [];

    /// <summary>Creates the folder, unless it exists.</summary>
    public OutputFolder(string path)
    {
        _path = path;
        _created = !Directory.Exists(path);
        Directory.CreateDirectory(path);
    }

    /// <summary>A file of the folder, or of a folder within it.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="inUse">Inputs, which it must not replace.</param>
    public OutputFile Create(string name, params IEnumerable<string?> inUse)
    {
        string path = Path.Combine(_path, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        OutputFile file = OutputFile.Create(path, inUse);
        _files.Add(file);
        return file;
    }

    public void Commit() => _files.ForEach(file => file.Commit());

    public void Dispose()
    {
        _files.ForEach(file => file.Dispose());
        if (_created && !Directory.EnumerateFileSystemEntries(_path).Any())
        {
            Directory.Delete(_path);
        }
    }
}
