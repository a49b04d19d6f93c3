using System.Text;
using System.Text.Json;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using CellStitch.Core.Evaluation;
using CellStitch.Core.IO;
using CellStitch.Core.Stitching;
using CellStitch.Functions.Jobs;
using CellStitch.Functions.Orchestrators;
using CellStitch.Functions.Storage;
using CellStitch.Segmentation.Stacks;
using Microsoft.Azure.Functions.Worker;

namespace CellStitch.Functions.Activities;

/// <summary>
/// Makes the results appear: under a lease and only for the newest run of the job, it removes an older manifest, commits the volumes, writes the
/// tables, and last manifest.json.
/// </summary>
public sealed class Publish(ActivityEdge edge, TimeProvider time)
{
    [Function(nameof(Publish))]
    public Task<int> Run([ActivityTrigger] PublishRequest request, CancellationToken cancellation) => edge.RunAsync(
        request.Run,
        async (plan, work) =>
        {
            RunSummary summary = PlanJson.Read<RunSummary>(await work.ReadAsync(WorkName.Summary, cancellation));
            (WrittenLayers written, List<string> pages) = await WrittenAsync(plan, work, cancellation);
            long began = time.GetTimestamp();
            await using ResultLock held = await ResultLock.AcquireAsync(edge.Data.Results, plan.Job, cancellation);
            await RunClaim.CheckAsync(edge.Data.Results, plan.Job, plan.Run, cancellation);

            await Result(plan, ResultFile.Manifest).DeleteIfExistsAsync(cancellationToken: cancellation);
            using (var labels = new LabelBlocks(edge.Data.Results, plan, ResultFile.Labels, cancellation))
            {
                await labels.CommitAsync(pages, written.Directories(plan.VoxelSize));
            }

            await CommitIsotropicAsync(plan, work, cancellation);
            await WriteCellsAsync(plan, written.Cells, summary.Found.Confidences, cancellation);
            await PublishMasksAsync(plan, work, cancellation);
            StitchMetrics metrics = MetricsOf(
                plan, summary.Found with { FilledSlices = written.FilledSlices }, written.Cells, await NotesOnRawAsync(plan, work, cancellation), await MaskNotes.ReadAsync(work, cancellation)) with
            {
                Evaluation = await EvaluateAsync(plan, cancellation),
            };
            await WriteAsync(plan, ResultFile.Metrics, BinaryData.FromBytes(JsonSerializer.SerializeToUtf8Bytes(metrics, MetricsJson.Default.StitchMetrics)), cancellation);

            Manifest manifest = await ManifestOfAsync(plan, work, request, began, cancellation);
            await held.CheckAsync(cancellation);
            await RunClaim.CheckAsync(edge.Data.Results, plan.Job, plan.Run, cancellation);
            await WriteAsync(plan, ResultFile.Manifest, BinaryData.FromObjectAsJson(manifest, Manifest.Json), cancellation);
            Telemetry.RunPublished(plan.Run, plan.Shape.Voxels, written.Cells.Count, manifest.Stages, manifest.StartedUtc, manifest.FinishedUtc);
            return written.Cells.Count;
        },
        cancellation);

    private static async Task<(WrittenLayers Written, List<string> Pages)> WrittenAsync(JobPlan plan, BlobWork work, CancellationToken cancellation)
    {
        var tables = new List<Stream>();
        var pages = new List<string>();
        int parts = new BlockPlan(plan.Shape, plan.BlockLayers, plan.BlockRows).LayerBlocks;
        for (int part = 0; part < parts; part++)
        {
            tables.Add((await work.ReadAsync(WorkName.Written(part), cancellation)).ToStream());
            pages.AddRange(PlanJson.Read<string[]>(await work.ReadAsync(WorkName.Pages(part), cancellation)));
        }

        return (WrittenLayers.Read(tables), pages);
    }

    // One of an earlier run that this one has none for would not belong to its results.
    private async Task CommitIsotropicAsync(JobPlan plan, BlobWork work, CancellationToken cancellation)
    {
        if (plan.InterpolateBy is null)
        {
            await Result(plan, ResultFile.Isotropic).DeleteIfExistsAsync(cancellationToken: cancellation);
            return;
        }

        using var layers = new WrittenLabels(work, plan, cancellation);
        (IReadOnlyList<string> pages, TiffDirectories directories) = await new InterpolateSteps(plan, layers, work, threads: 1, cancellation).ComposedAsync();
        using var isotropic = new LabelBlocks(edge.Data.Results, plan, ResultFile.Isotropic, cancellation);
        await isotropic.CommitAsync(pages, directories);
    }

    private async Task WriteCellsAsync(JobPlan plan, CellTable cells, IReadOnlyList<CellConfidence> confidences, CancellationToken cancellation)
    {
        var options = new BlockBlobOpenWriteOptions { HttpHeaders = new BlobHttpHeaders { ContentType = "text/csv" } };
        await using Stream blob = await edge.Data.Results.GetBlockBlobClient($"{plan.Job}/{ResultFile.Cells}").OpenWriteAsync(overwrite: true, options, cancellation);
        await using var csv = new StreamWriter(blob, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        cells.WriteCsv(csv, plan.VoxelSize, confidences);
    }

    private static StitchMetrics MetricsOf(JobPlan plan, StitchSummary summary, CellTable cells, IReadOnlyList<string> notesOnRaw, IReadOnlyList<string> notes)
    {
        string[] whyNot = plan.Options.Interpolation(plan.VoxelSize, plan.Shape.Depth)?.WhyNot is { } why ? [why] : [];
        StitchMetrics metrics = StitchMetrics.Of(summary, cells, plan.VoxelSize, [.. notesOnRaw, .. plan.Warnings, .. notes, .. whyNot]);
        return plan.Options.Anisotropy is { } given ? metrics with { Anisotropy = given, AnisotropySource = "option" } : metrics;
    }

    // The masks of a raw stack; those of an earlier run that this one has none for would not belong to its results.
    private async Task PublishMasksAsync(JobPlan plan, BlobWork work, CancellationToken cancellation)
    {
        foreach (string file in new[] { DropFile.Xy, DropFile.Xz, DropFile.Yz })
        {
            BlobClient result = Result(plan, ResultFile.MaskFile(file));
            if (!plan.FromRaw || !plan.MaskFiles.Contains(file))
            {
                await result.DeleteIfExistsAsync(cancellationToken: cancellation);
                continue;
            }

            await using Stream masks = await work.Blob(WorkName.Masks(file)).OpenReadAsync(cancellationToken: cancellation);
            await result.UploadAsync(masks, new BlobUploadOptions { HttpHeaders = new BlobHttpHeaders { ContentType = "image/tiff" } }, cancellation);
        }
    }

    private static async Task<IReadOnlyList<string>> NotesOnRawAsync(JobPlan plan, BlobWork work, CancellationToken cancellation) =>
        plan.FromRaw ? PlanJson.Read<SegmentationSetup>(await work.ReadAsync(WorkName.Setup, cancellation)).Warnings : [];

    private async Task<SegmentationScores?> EvaluateAsync(JobPlan plan, CancellationToken cancellation)
    {
        if (!plan.Has(DropFile.Truth))
        {
            return null;
        }

        using var truth = new TiffStack(edge.Data, plan.File(DropFile.Truth), edge.Settings.Limits, cancellation);
        using var labels = new TiffStack(await BlobRangeStream.OpenAsync(Result(plan, ResultFile.Labels), ResultFile.Labels, cancellation), ResultFile.Labels, edge.Settings.Limits);
        return SegmentationScores.Of(InstanceOverlap.Measure(truth.Masks, labels.Masks, edge.Settings.ThreadsPerActivity, progress: null, cancellation));
    }

    private async Task<Manifest> ManifestOfAsync(JobPlan plan, BlobWork work, PublishRequest request, long began, CancellationToken cancellation)
    {
        var outputs = new List<ManifestOutput>();
        string[] isotropic = plan.InterpolateBy is null ? [] : [ResultFile.Isotropic];
        string[] masks = [.. plan.MaskFiles.Where(_ => plan.FromRaw).Select(ResultFile.MaskFile)];
        foreach (string name in (string[])[ResultFile.Labels, .. isotropic, ResultFile.Cells, ResultFile.Metrics, .. masks])
        {
            using BlobRangeStream stream = await BlobRangeStream.OpenAsync(Result(plan, name), name, cancellation);
            outputs.Add(new ManifestOutput(name, ContentHashes.Of(stream), stream.Length));
        }

        return new Manifest
        {
            Job = plan.Job,
            InstanceId = plan.Run,
            Program = Manifest.ThisProgram,
            Profile = plan.Options.ForStitching(threads: 1).Profile.ToString().ToLowerInvariant(),
            Solver = JsonNamingPolicy.CamelCase.ConvertName(plan.Options.ForStitching(threads: 1).Solver.ToString()),
            // An address may hold a secret, and more people read results than write jobs.
            Options = plan.Options with { Webhook = null },
            Inputs = PlanJson.Read<ManifestInput[]>(await work.ReadAsync(WorkName.Contents, cancellation)),
            Outputs = outputs,
            Stages = [.. request.Stages, new StageRecord("publish", Math.Round(time.GetElapsedTime(began).TotalSeconds, 3), Activities: 1, Retries: 0)],
            StartedUtc = request.StartedUtc,
            FinishedUtc = time.GetUtcNow().UtcDateTime,
        };
    }

    private async Task WriteAsync(JobPlan plan, string name, BinaryData content, CancellationToken cancellation) => await Result(plan, name).UploadAsync(
        content, new BlobUploadOptions { HttpHeaders = new BlobHttpHeaders { ContentType = "application/json" } }, cancellation);

    private BlobClient Result(JobPlan plan, string name) => edge.Data.Results.GetBlobClient($"{plan.Job}/{name}");
}
