using System.Diagnostics;
using CellStitch.Core.Stitching;
using CellStitch.Core.Volumes;
using CellStitch.Segmentation.Flows;
using CellStitch.Segmentation.Stacks;

namespace CellStitch.Compare;

/// <summary>Runs steps in processes of their own, so that the memory of each can be told.</summary>
internal static class SystemRun
{
    public const string Verb = "alone";

    private const string CaseFile = "case.json";
    private const string Estimate = "diameter";

    /// <summary>Whether a system can be run on a set.</summary>
    public static bool Applies(ComparedSystem system, VolumeSet set) => system.Masks != MaskKind.Given || set.Masks.Count > 0;

    /// <summary>The outcome of a system on a case, computed unless it lies there already.</summary>
    public static CaseOutcome Outcome(ComparedSystem system, StackCase item)
    {
        string file = Path.Combine(item.Folder, $"{system.File}.json");
        if (!File.Exists(file))
        {
            Start(item, system.File);
        }

        CaseOutcome outcome = Stored.Read<CaseOutcome>(file);
        if (system.Masks is MaskKind.None or MaskKind.Given)
        {
            return outcome;
        }

        MaskOutcome masks = Stored.Read<MaskOutcome>(MaskFile(item, system.Masks));
        Cost cost = outcome.Cost + masks.Xy;
        return outcome with { Cost = system.Projections ? cost + masks.Projections : cost };
    }

    /// <summary>File of the cells that a system found.</summary>
    public static string Labels(ComparedSystem system, StackCase item) => Path.Combine(item.Folder, $"{system.File}.tif");

    /// <summary>Makes the masks of a case, unless they lie there already.</summary>
    public static void RequireMasks(StackCase item, MaskKind kind)
    {
        if (kind is not (MaskKind.None or MaskKind.Given) && !File.Exists(MaskFile(item, kind)))
        {
            Start(item, kind.ToString());
        }
    }

    /// <summary>What the program takes the cells' diameter for where it is not told, in pixels.</summary>
    public static double EstimatedDiameterPx(StackCase item)
    {
        string file = Path.Combine(item.Folder, $"{Estimate}.json");
        if (!File.Exists(file))
        {
            Start(item, Estimate);
        }

        return Stored.Read<double>(file);
    }

    /// <summary>What a process of its own does: one step.</summary>
    public static void Alone(string folder, string step)
    {
        StackCase item = Stored.Read<StackCase>(Path.Combine(folder, CaseFile));
        if (step == Estimate)
        {
            using EveryNthRaw raw = item.OpenRaw();
            using var network = FlowNetwork.Open(FlowNetwork.DefaultModelPath);
            SegmentationOptions options = item.Options(SegmentationMethod.Onnx) with { Diameter = null };
            Stored.Write(Path.Combine(folder, $"{Estimate}.json"), SegmentationSetup.Decide(raw, options, network).Diameter);
            return;
        }

        if (Enum.TryParse(step, out MaskKind kind))
        {
            (Cost xy, Cost projections) = CaseMasks.Make(item, kind);
            Stored.Write(MaskFile(item, kind), new MaskOutcome(xy, projections));
            return;
        }

        ComparedSystem system = ComparedSystem.All.Concat(ComparedSystem.OnGivenMasks).Single(system => system.File == step);
        MaskStacks? masks = system.Masks == MaskKind.None ? null : CaseMasks.Open(item, system.Masks);
        (LabelVolume cells, Cost cost) = Cost.Of(() => system.Run(item, masks));
        LabelFile.Write(Labels(system, item), cells);
        Stored.Write(Path.Combine(item.Folder, $"{step}.json"), CaseOutcome.Of(item.Truth(), cells, cost));
    }

    private static string MaskFile(StackCase item, MaskKind kind) => $"{CaseMasks.Folder(item, kind)}.json";

    private static void Start(StackCase item, string step)
    {
        Directory.CreateDirectory(item.Folder);
        Stored.Write(Path.Combine(item.Folder, CaseFile), item);
        using Process process = Process.Start(Environment.ProcessPath!, [Verb, item.Folder, step]);
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{item.Folder}: {step} ended with exit code {process.ExitCode}.");
        }
    }
}
