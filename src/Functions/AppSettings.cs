using System.ComponentModel.DataAnnotations;
using CellStitch.Core.IO;

namespace CellStitch.Functions;

/// <summary>The app's own settings, section <c>CellStitch</c>; local.settings.sample.json lists and explains each.</summary>
public sealed class AppSettings
{
    /// <summary>Name of the section.</summary>
    public const string Section = "CellStitch";

    /// <summary>Seconds of quiet after an upload before the folder is looked at.</summary>
    [Range(0, 3600)]
    public double SettleSeconds { get; set; } = 5;

    /// <summary>Seconds that xy.tif without job.json waits for the projections before it is stitched without votes.</summary>
    [Range(0, 86400)]
    public double ProjectionWaitSeconds { get; set; } = 300;

    /// <summary>Voxels of a block, about: the work of one activity.</summary>
    [Range(1, 1L << 40)]
    public long BlockVoxels { get; set; } = 64 << 20;

    /// <summary>Volumes of up to this many voxels are stitched by one activity.</summary>
    [Range(0, 1L << 40)]
    public long FusedVoxels { get; set; } = 64 << 20;

    /// <summary>Threads of one activity; one per processor unless set.</summary>
    [Range(1, 256)]
    public int ThreadsPerActivity { get; set; } = Environment.ProcessorCount;

    /// <summary>Days after which intermediates of runs that did not succeed are deleted.</summary>
    [Range(0, 3650)]
    public int KeepWorkDays { get; set; } = 7;

    /// <summary>Days after which the history of ended runs is deleted.</summary>
    [Range(0, 3650)]
    public int KeepHistoryDays { get; set; } = 30;

    /// <summary>Most pages of a file.</summary>
    [Range(1, int.MaxValue)]
    public int MaximumPages { get; set; } = TiffLimits.Default.Pages;

    /// <summary>Most pixels of a page.</summary>
    [Range(1, int.MaxValue)]
    public int MaximumPagePixels { get; set; } = TiffLimits.Default.PagePixels;

    /// <summary>Most bytes that all pages of a file together hold once decoded.</summary>
    [Range(1, long.MaxValue)]
    public long MaximumDecodedBytes { get; set; } = TiffLimits.Default.DecodedBytes;

    /// <summary>Hosts that a job's webhook may name, separated by commas; empty allows none.</summary>
    public string WebhookHosts { get; set; } = "";

    /// <summary>The ceilings for reading TIFF files.</summary>
    internal TiffLimits Limits => TiffLimits.Default with
    {
        Pages = MaximumPages,
        PagePixels = MaximumPagePixels,
        DecodedBytes = MaximumDecodedBytes,
    };
}
