using CellStitch.Core.IO;
using CellStitch.Core.Stitching;
using CellStitch.Core.Volumes;
using CellStitch.Segmentation.Flows;
using CellStitch.Segmentation.Stacks;

namespace CellStitch.Compare;

/// <summary>Where the 2D masks of a system come from.</summary>
internal enum MaskKind
{
    /// <summary>It needs none: it takes the raw stack.</summary>
    None,

    /// <summary>The network, the diameter known.</summary>
    Network,

    /// <summary>The method without a network, the diameter known.</summary>
    Classic,

    /// <summary>Another segmenter; they lie beside the raw stack.</summary>
    Given,
}

/// <summary>The 2D masks of a case: made once, for all systems that take them.</summary>
internal static class CaseMasks
{
    public static string Folder(StackCase item, MaskKind kind) => Path.Combine(item.Folder, $"masks-{kind.ToString().ToLowerInvariant()}");

    /// <summary>Makes the masks of one direction and of the other two, and says what each cost.</summary>
    public static (Cost Xy, Cost Projections) Make(StackCase item, MaskKind kind)
    {
        SegmentationMethod method = kind == MaskKind.Classic ? SegmentationMethod.Classic : SegmentationMethod.Onnx;
        using EveryNthRaw raw = item.OpenRaw();
        using FlowNetwork? network = method == SegmentationMethod.Onnx ? FlowNetwork.Open(FlowNetwork.DefaultModelPath) : null;
        SegmentationSetup? setup = null;
        (LabelVolume first, Cost xy) = Cost.Of(() =>
        {
            setup = SegmentationSetup.Decide(raw, item.Options(method), network);
            return Masks(0);
        });
        (LabelVolume[] others, Cost projections) = Cost.Of(() => (LabelVolume[])[Masks(1), Masks(2)]);
        string folder = Directory.CreateDirectory(Folder(item, kind)).FullName;
        LabelVolume[] all = [first, .. others];
        for (int i = 0; i < all.Length; i++)
        {
            LabelFile.Write(Path.Combine(folder, $"{VolumeSet.ProjectionNames[i]}.tif"), all[i]);
        }

        return (xy, projections);

        LabelVolume Masks(int direction)
        {
            VolumeAxis axis = Slab.Axes[direction];
            int slices = Slab.Of(raw.Shape, axis, 1).Count;
            return new Slab(axis, 0, slices).Segment(raw, setup!, network, StackCase.Threads);
        }
    }

    /// <summary>Opens masks that were made, or given.</summary>
    public static MaskStacks Open(StackCase item, MaskKind kind)
    {
        string folder = Folder(item, kind);
        ILayerSource[] stacks = kind == MaskKind.Given
            ? [.. item.Set.Masks.Select(file => new EveryNthLabels(TiffReader.Open(file), item.Step))]
            : [.. VolumeSet.ProjectionNames.Select(name => TiffReader.Open(Path.Combine(folder, $"{name}.tif")))];
        return new MaskStacks(stacks[0], stacks[1], stacks[2]);
    }
}
