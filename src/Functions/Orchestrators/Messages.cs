using System.Text.Json.Serialization;
using CellStitch.Functions.Jobs;

namespace CellStitch.Functions.Orchestrators;

/// <summary>Input of <see cref="SettleJob"/>: the blob event that it follows.</summary>
/// <param name="Job">The job.</param>
/// <param name="Blob">Name of the dropped blob.</param>
/// <param name="ETag">Its version.</param>
/// <param name="SettleSeconds">Quiet time before the folder is looked at.</param>
/// <param name="ProjectionWaitSeconds">How much longer xy.tif alone waits for projections.</param>
/// <param name="Look">Which look at the folder this is.</param>
/// <param name="Program">The program version that started it.</param>
public sealed record SettleRequest(
    string Job, string Blob, string ETag, double SettleSeconds, double ProjectionWaitSeconds, SettleLook Look = SettleLook.AtOnce, string? Program = null);

/// <summary>When a job's folder is looked at.</summary>
public enum SettleLook
{
    /// <summary>Right after the event: a job whose job.json lists its files starts when they are there.</summary>
    AtOnce,

    /// <summary>After the quiet time.</summary>
    Settled,

    /// <summary>After the wait for projections.</summary>
    WithoutProjections,
}

/// <summary>What settling came to.</summary>
public enum Settling
{
    /// <summary>The quiet time decides.</summary>
    Unsettled,

    /// <summary>A younger blob's event decides.</summary>
    Overtaken,

    /// <summary>Files are missing.</summary>
    Waiting,

    /// <summary>Complete without projections, which may still come.</summary>
    WaitingForProjections,

    /// <summary>The run has been started, or was there already.</summary>
    Started,
}

/// <summary>Output of <see cref="SettleJob"/>.</summary>
/// <param name="State">What it came to.</param>
/// <param name="Message">Why, or the id of the run.</param>
public sealed record SettleOutcome(Settling State, string? Message = null);

/// <summary>Input of <see cref="StitchVolume"/>.</summary>
/// <param name="Job">The job.</param>
/// <param name="Files">Its files.</param>
/// <param name="Program">The program version that started it.</param>
public sealed record StitchRequest(string Job, IReadOnlyList<FileVersion> Files, string? Program = null);

/// <summary>How a run ended.</summary>
public enum RunState
{
    /// <summary>The results are complete.</summary>
    Completed,

    /// <summary>The results of an earlier run on the same contents stand.</summary>
    Unchanged,

    /// <summary>A newer run took over, or an input changed.</summary>
    Superseded,

    /// <summary>error.json says why.</summary>
    Failed,

    /// <summary>Somebody stopped it.</summary>
    Cancelled,
}

/// <summary>Output of <see cref="StitchVolume"/>.</summary>
/// <param name="State">How it ended.</param>
/// <param name="Cells">Cells found; null without results.</param>
/// <param name="Error">Why there are no results; null when there are.</param>
public sealed record RunOutcome(RunState State, int? Cells = null, RunFault? Error = null);

/// <summary>Custom status of <see cref="StitchVolume"/>. Other programs read it, and the worker writes names as they stand in the code, so they are given here.</summary>
/// <param name="Stage">The step.</param>
/// <param name="Done">Parts done.</param>
/// <param name="Total">Parts of the step.</param>
/// <param name="Percent">Share of the whole run, 0 … 100.</param>
/// <param name="Message">For people.</param>
/// <param name="EtaSeconds">Seconds to go; null until there is something to judge by.</param>
public sealed record RunStatus(
    [property: JsonPropertyName("stage")] string Stage,
    [property: JsonPropertyName("done")] int Done,
    [property: JsonPropertyName("total")] int Total,
    [property: JsonPropertyName("percent")] double Percent,
    [property: JsonPropertyName("message")] string Message,
    [property: JsonPropertyName("etaSeconds")] double? EtaSeconds);

/// <summary>Input of most activities: a part of a run.</summary>
/// <param name="Run">Id of the run.</param>
/// <param name="Index">Which part.</param>
/// <param name="Round">Which survey, or which run of blocks, where it matters.</param>
public sealed record Part(string Run, int Index, int Round = 0);

/// <summary>Input of <see cref="RunOfParts"/>: parts first … end − 1 by one activity; many of them in runs of their own.</summary>
/// <param name="Activity">Name of the activity.</param>
/// <param name="Run">Id of the run.</param>
/// <param name="First">First part.</param>
/// <param name="End">After the last part.</param>
/// <param name="Round">Passed on.</param>
public sealed record PartsRequest(string Activity, string Run, int First, int End, int Round);

/// <summary>Input of the inspection.</summary>
/// <param name="Run">Id of the run.</param>
/// <param name="Request">What the run was started with.</param>
/// <param name="StartedUtc">When; decides which of two runs of a job is the newer.</param>
public sealed record InspectRequest(string Run, StitchRequest Request, DateTime StartedUtc);

/// <summary>What the orchestrator needs to know of the plan.</summary>
/// <param name="Shape">Layers, rows, columns.</param>
/// <param name="BlockLayers">Layers of a block.</param>
/// <param name="BlockRows">Rows of a block.</param>
/// <param name="Fused">One activity does it all.</param>
/// <param name="Repack">Number of projections to rewrite.</param>
/// <param name="HashRanges">Ranges of large files to hash; 0 when inspection hashed all.</param>
/// <param name="FromRaw">Masks must be made first.</param>
/// <param name="Interpolate">Layers are made between those of the volume.</param>
/// <param name="Unchanged">The last results are of the same contents; null while hashes are missing.</param>
public sealed record Inspection(int[] Shape, int BlockLayers, int BlockRows, bool Fused, int Repack, int HashRanges, bool FromRaw, bool Interpolate, bool? Unchanged);

/// <summary>What a trace step came to.</summary>
/// <param name="Missing">Layer pairs across empty layers that must be measured first; 0 when the run is traced.</param>
public sealed record Traced(int Missing);

/// <summary>What a correction came to.</summary>
/// <param name="Settled">The labels are final; else the layers must be surveyed again.</param>
/// <param name="Cells">Cells found, once settled.</param>
public sealed record Corrected(bool Settled, int Cells);

/// <summary>What the listing of units came to.</summary>
/// <param name="Batches">Batches of units.</param>
/// <param name="ComposedParts">Parts of the composition.</param>
public sealed record Listed(int Batches, int ComposedParts);

/// <summary>A step of the run in manifest.json.</summary>
/// <param name="Name">The step.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Activities">Activities that ran.</param>
/// <param name="Retries">Attempts beyond the first ones.</param>
public sealed record StageRecord(string Name, double Seconds, int Activities, int Retries);

/// <summary>Input of the publication.</summary>
/// <param name="Run">Id of the run.</param>
/// <param name="Stages">The steps so far.</param>
/// <param name="StartedUtc">When the run began.</param>
public sealed record PublishRequest(string Run, IReadOnlyList<StageRecord> Stages, DateTime StartedUtc);

/// <summary>Input of the reporting of an end without results, and of the webhook.</summary>
/// <param name="Run">Id of the run.</param>
/// <param name="Job">The job.</param>
/// <param name="Outcome">How it ended.</param>
public sealed record EndReport(string Run, string Job, RunOutcome Outcome);
