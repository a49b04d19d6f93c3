using CellStitch.Core.IO;
using CellStitch.Core.Volumes;

namespace CellStitch.Cli.Tests;

/// <summary>One run of the program in this process, with its output in memory.</summary>
internal sealed record Run(int Code, string Output, string Error)
{
    public static Run Of(params string[] args) => Of(new StringWriter(), CancellationToken.None, args);

    public static Run Of(StringWriter error, CancellationToken cancellation, params string[] args)
    {
        var output = new StringWriter();
        int code = CommandLine.Run(args, new Terminal(output, error), cancellation);
        return new Run(code, output.ToString(), error.ToString());
    }

    /// <summary>Fails with what the program said, unless it is done.</summary>
    public static Run Done(params string[] args)
    {
        Run run = Of(args);
        Assert.True(run.Code == ExitCode.Done, $"exit code {run.Code}: {run.Error}");
        return run;
    }
}

/// <summary>A folder of its own for a test.</summary>
internal sealed class Scratch : IDisposable
{
    public Scratch()
    {
        Folder = Directory.CreateTempSubdirectory("cellstitch-tests-").FullName;
    }

    public string Folder { get; }

    public string this[string name] => Path.Combine(Folder, name);

    public string[] Names => [.. Directory.EnumerateFileSystemEntries(Folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    /// <summary>Writes a volume to a file of the folder.</summary>
    public string Write(string name, LabelVolume volume)
    {
        using var file = TiffWriter.Create(this[name]);
        file.Begin(volume.Shape, volume.Voxels.ToArray().Max(), volume.VoxelSize);
        for (int z = 0; z < volume.Shape.Depth; z++)
        {
            file.Write(volume.Layer(z));
        }

        return this[name];
    }

    public static LabelVolume Read(string path)
    {
        using TiffReader file = TiffReader.Open(path);
        return LabelVolume.From(file);
    }

    public static uint[] Labels(string path) => Read(path).Voxels.ToArray();

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
