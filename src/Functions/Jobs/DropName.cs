using System.Text.RegularExpressions;

namespace CellStitch.Functions.Jobs;

/// <summary>The files of a job, as they are called in the drop folder.</summary>
internal static class DropFile
{
    public const string Xy = "xy.tif";
    public const string Xz = "xz.tif";
    public const string Yz = "yz.tif";
    public const string Raw = "raw.tif";
    public const string Truth = "truth.tif";
    public const string Options = "job.json";

    /// <summary>Options for all jobs, in the root of the drop folder.</summary>
    public const string Defaults = "defaults.json";

    public static readonly string[] All = [Xy, Xz, Yz, Raw, Truth, Options];
}

/// <summary>What a blob of the drop folder is: a file of a job. A single file <c>{job}.tif</c> is the raw stack of a job by itself.</summary>
/// <param name="Job">Name of the job.</param>
/// <param name="File">One of <see cref="DropFile.All"/>.</param>
internal readonly partial record struct DropName(string Job, string File)
{
    /// <summary>Folder of the drop container for networks.</summary>
    public const string Models = "models";

    private const string SingleFile = ".tif";

    /// <summary>Whether a name may be that of a network: no path, no surprises in messages.</summary>
    public static bool IsModel(string name) => ModelName().IsMatch(name);

    [GeneratedRegex(@"^\w[\w.-]{0,99}\.onnx$", RegexOptions.ECMAScript)]
    private static partial Regex ModelName();

    /// <summary>Reads a blob name, relative to the container. Names that are not ours give null.</summary>
    public static DropName? Parse(string blob)
    {
        string[] parts = blob.Split('/');
        return parts switch
        {
            [var file] when file.EndsWith(SingleFile, StringComparison.Ordinal) && JobName.IsValid(file[..^SingleFile.Length]) =>
                new DropName(file[..^SingleFile.Length], DropFile.Raw),
            [var job, var file] when JobName.IsValid(job) && DropFile.All.Contains(file) => new DropName(job, file),
            _ => null,
        };
    }
}
