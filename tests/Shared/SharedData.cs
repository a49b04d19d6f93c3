using System.Reflection;

namespace CellStitch.Tests;

/// <summary>Finds the data that stays outside the repository (its licences differ from item to item).</summary>
internal static class SharedData
{
    /// <summary>The repository's root folder.</summary>
    public static string RepositoryRoot { get; } = typeof(SharedData).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "RepositoryRoot").Value!;

    /// <summary>The folder that holds real/ and tiff-corpus/ (CELLSTITCH_DATA where set); golden/ and accuracy/ lie beside it. It may be missing.</summary>
    public static string DataRoot { get; } = Environment.GetEnvironmentVariable("CELLSTITCH_DATA")
        ?? Path.Combine(RepositoryRoot, "..", "shared", "data");

    /// <summary>A file of the real volumes or the TIFF corpus, e.g. <c>Data("real", "gland_20171204_3a", "labels.tif")</c>.</summary>
    public static string Data(params string[] parts)
    {
        return Require(Path.Combine([DataRoot, .. parts]));
    }

    /// <summary>A file of a set that lies beside the data folder, e.g. <c>Beside("golden", "stardist_demo3d_xy.tif")</c>.</summary>
    public static string Beside(params string[] parts)
    {
        return Require(Path.Combine([DataRoot, "..", .. parts]));
    }

    /// <summary>Skips the test with the reason where a tool or a file is missing; in CI everything must be there, so it fails.</summary>
    public static void SkipOrFail(string reason)
    {
        if (Environment.GetEnvironmentVariable("CI") == "true")
        {
            Assert.Fail($"{reason} (CI must not skip)");
        }

        Assert.Skip(reason);
    }

    private static string Require(string path)
    {
        if (!File.Exists(path) && !Directory.Exists(path))
        {
            SkipOrFail($"{path} is not there; set CELLSTITCH_DATA to the folder that holds real/ and tiff-corpus/");
        }

        return path;
    }
}
