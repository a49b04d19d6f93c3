using Azure.Storage.Blobs;
using CellStitch.Core.IO;
using CellStitch.Core.Stitching;
using CellStitch.Core.Volumes;
using CellStitch.Functions.Jobs;
using CellStitch.Functions.Orchestrators;
using CellStitch.Functions.Storage;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace CellStitch.Functions.Activities;

/// <summary>
/// The first step of a run: makes it the newest of its job and stops older ones, reads options and headers, refuses what cannot be stitched,
/// and plans the rest.
/// </summary>
public sealed class Inspect(ActivityEdge edge, ILogger<Inspect> log)
{
    [Function(nameof(Inspect))]
    public Task<Inspection> Run(
        [ActivityTrigger] InspectRequest request, [DurableClient] DurableTaskClient client, CancellationToken cancellation) => edge.RunAsync(
        request.Run,
        async work =>
        {
            (DataAccount data, string job) = (edge.Data, request.Request.Job);
            await RunClaim.TakeAsync(data.Results, job, request.Run, request.StartedUtc, cancellation);
            await StopOlderAsync(client, job, request.Run, cancellation);
            await data.Results.DeleteBlobIfExistsAsync($"{job}/{ResultFile.Error}", cancellationToken: cancellation);
            await RequireUnchangedAsync(data.Drop, request.Request, cancellation);

            JobPlan plan = await PlanAsync(request, work, cancellation);
            if (await IsOtherPlanAsync(plan, work, cancellation))
            {
                // Started again, but to be cut into other blocks or by another program: nothing that was left behind fits.
                await work.DeleteAllAsync(cancellation);
                plan = await PlanAsync(request, work, cancellation);
            }

            await work.WriteAsync(WorkName.Plan, PlanJson.Write(plan), cancellation);
            int ranges = ContentHashes.Ranges(plan.Files).Count;
            bool? unchanged = ranges > 0 ? null : await CompareContents.CompareAsync(data, plan, work, cancellation);
            Telemetry.RunBegan(request.Request.Files.Max(file => file.Modified), request.StartedUtc);
            log.JobPlanned(job, request.Run, plan.Shape, plan.Fused, plan.BlockLayers, plan.BlockRows);
            return Of(plan, ranges, unchanged);
        },
        cancellation);

    /// <summary>What the orchestrator is told of a plan.</summary>
    internal static Inspection Of(JobPlan plan, int hashRanges, bool? unchanged) => new(
        [plan.Shape.Depth, plan.Shape.Height, plan.Shape.Width],
        plan.BlockLayers,
        plan.BlockRows,
        plan.Fused,
        plan.ToRepack.Count(),
        hashRanges,
        plan.FromRaw,
        plan.InterpolateBy is not null,
        unchanged);

    private static async Task<bool> IsOtherPlanAsync(JobPlan plan, BlobWork work, CancellationToken cancellation)
    {
        BinaryData? before = await Blobs.ReadIfThereAsync(work.Blob(WorkName.Plan), cancellation);
        return before is not null && !before.ToMemory().Span.SequenceEqual(PlanJson.Write(plan));
    }

    private async Task StopOlderAsync(DurableTaskClient client, string job, string run, CancellationToken cancellation)
    {
        foreach (OrchestrationMetadata other in await RunStarter.RunsAsync(client, job, cancellation))
        {
            if (other.InstanceId != run && !other.IsCompleted)
            {
                var superseded = new RunOutcome(RunState.Superseded, Error: new RunFault(FaultCode.Superseded, $"The newer run {run} of the same job took over."));
                await RunStopper.StopAsync(client, edge.Data, other.InstanceId, superseded, cancellation);
                log.RunSuperseded(job, other.InstanceId, run);
            }
        }
    }

    private static async Task RequireUnchangedAsync(BlobContainerClient drop, StitchRequest request, CancellationToken cancellation)
    {
        IReadOnlyList<FileVersion> now = await DropFolder.ListAsync(drop, request.Job, cancellation);
        foreach (FileVersion file in request.Files)
        {
            if (!now.Any(other => other.Blob == file.Blob && other.ETag == file.ETag))
            {
                throw BlobRangeStream.Changed(file.Name);
            }
        }
    }

    private async Task<JobPlan> PlanAsync(InspectRequest request, BlobWork work, CancellationToken cancellation)
    {
        IReadOnlyList<FileVersion> files = request.Request.Files;
        JobOptions options = await DropFolder.OptionsAsync(edge.Data.Drop, files, cancellation);
        RequireAllowedWebhook(options.Webhook);
        if (!files.Any(file => file.Name == DropFile.Xy))
        {
            return files.Any(file => file.Name == DropFile.Raw)
                ? await PlanRawAsync(request, options, cancellation)
                : throw new RunFaultException(FaultCode.MissingFile, DropFile.Xy, "is missing; a job needs XY masks, or a raw stack.");
        }

        using TiffStack xy = Open(DropFile.Xy);
        await xy.WriteIndexAsync(work, cancellation);
        var warnings = new List<string>(xy.Warnings);
        VoxelSize? voxelSize = options.VoxelSize ?? xy.Reader.VoxelSize;
        if (voxelSize is null)
        {
            warnings.Add(MaskWarnings.NoVoxelSize(DropFile.Xy));
        }

        int rowStep = xy.Reader.Info.RowStep;
        (AxisOrder, AxisOrder)? projections = null;
        if (files.Any(file => file.Name == DropFile.Xz) && files.Any(file => file.Name == DropFile.Yz))
        {
            projections = (
                await ProjectionAsync(DropFile.Xz, options.Axes?.Xz, Projection.Xz),
                await ProjectionAsync(DropFile.Yz, options.Axes?.Yz, Projection.Yz));
        }
        else
        {
            warnings.Add(MaskWarnings.NoVotes);
        }

        if (files.Any(file => file.Name == DropFile.Truth))
        {
            using TiffStack truth = Open(DropFile.Truth);
            AxisOrders.Check(truth.Reader, xy.Reader.Shape, AxisOrder.ZYX);
        }

        VolumeShape shape = xy.Reader.Shape;
        (int layers, int rows, bool fused) = BlockPlan.Choose(shape, options, edge.Settings, rowStep);
        return new JobPlan
        {
            Job = request.Request.Job,
            Run = request.Run,
            Program = Manifest.ThisProgram,
            Files = files,
            Options = options,
            Shape = shape,
            VoxelSize = voxelSize,
            Projections = projections,
            BlockLayers = layers,
            BlockRows = rows,
            Fused = fused,
            InterpolateBy = options.Interpolation(voxelSize, shape.Depth)?.Anisotropy,
            Warnings = warnings,
        };

        TiffStack Open(string name) => new(edge.Data, files.First(file => file.Name == name), edge.Settings.Limits, cancellation);

        async Task<AxisOrder> ProjectionAsync(string name, AxisOrder? given, Projection projection)
        {
            using TiffStack stack = Open(name);
            warnings.AddRange(stack.Warnings);
            AxisOrder order = given ?? AxisOrders.Recognise(stack.Reader, xy.Reader.Shape, projection);
            AxisOrders.Check(stack.Reader, xy.Reader.Shape, order);
            if (order == AxisOrder.ZYX)
            {
                rowStep = LeastCommonMultiple(rowStep, stack.Reader.Info.RowStep);
                await stack.WriteIndexAsync(work, cancellation);
            }
            else
            {
                // A rewritten projection lies in tiles of its own, which no block of rows is cut along.
                rowStep = xy.Reader.Shape.Height;
            }

            return order;
        }
    }

    // Masks are made on the axes of the volume; the rest of the run goes on as with masks that were dropped so.
    private async Task<JobPlan> PlanRawAsync(InspectRequest request, JobOptions options, CancellationToken cancellation)
    {
        var files = request.Request.Files.ToList();
        if (options.Model is { } model)
        {
            files.Add(await DropFolder.ModelAsync(edge.Data.Drop, model, cancellation));
        }

        FileVersion file = files.First(file => file.Name == DropFile.Raw);
        using var stream = new BlobRangeStream(edge.Data.Drop.GetBlobClient(file.Blob), file, cancellation);
        using var raw = RawReader.Open(stream, DropFile.Raw, options.Channel, edge.Settings.Limits);
        VolumeShape shape = raw.Shape;
        if (files.Any(other => other.Name == DropFile.Truth))
        {
            using var truth = new TiffStack(edge.Data, files.First(other => other.Name == DropFile.Truth), edge.Settings.Limits, cancellation);
            RequireShape(truth.Reader, shape);
        }

        VoxelSize? voxelSize = options.VoxelSize ?? raw.Info.VoxelSize;
        bool projected = shape.Depth > 1;
        (int layers, int rows, bool fused) = BlockPlan.Choose(shape, options, edge.Settings, shape.Height);
        return new JobPlan
        {
            Job = request.Request.Job,
            Run = request.Run,
            Program = Manifest.ThisProgram,
            Files = files,
            Options = options,
            Shape = shape,
            VoxelSize = voxelSize,
            Projections = projected ? (AxisOrder.ZYX, AxisOrder.ZYX) : null,
            FromRaw = true,
            BlockLayers = layers,
            BlockRows = rows,
            Fused = fused,
            InterpolateBy = options.Interpolation(voxelSize, shape.Depth)?.Anisotropy,
            Warnings =
            [
                .. voxelSize is null ? [MaskWarnings.NoVoxelSize(DropFile.Xy)] : Array.Empty<string>(),
                .. projected ? [] : new[] { MaskWarnings.NoVotes },
            ],
        };
    }

    private static void RequireShape(TiffReader truth, VolumeShape shape)
    {
        if (truth.Shape != shape)
        {
            throw new InvalidMaskException(MaskFault.ShapeMismatch, truth.Name, null, $"{truth.Shape} (z × y × x); {DropFile.Raw} has {shape}.");
        }
    }

    private void RequireAllowedWebhook(Uri? webhook)
    {
        string[] allowed = edge.Settings.WebhookHosts.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (webhook is not null && !allowed.Contains(webhook.Host, StringComparer.OrdinalIgnoreCase))
        {
            throw new RunFaultException(
                FaultCode.UnknownOption, DropFile.Options, $"webhook names the host {webhook.Host}, which the setting CellStitch__WebhookHosts does not allow.");
        }
    }

    private static int LeastCommonMultiple(int a, int b)
    {
        long multiple = (long)a / (int)System.Numerics.BigInteger.GreatestCommonDivisor(a, b) * b;
        return (int)Math.Min(int.MaxValue, multiple);
    }
}
