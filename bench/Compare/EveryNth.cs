using CellStitch.Core.Volumes;

namespace CellStitch.Compare;

/// <summary>Every nth layer of a raw stack, from the first on: what a microscope with longer steps would have recorded.</summary>
internal sealed class EveryNthRaw(IRawSource raw, int step, VoxelSize voxelSize) : IRawSource
{
    public string Name => raw.Name;

    public VolumeShape Shape { get; } = EveryNthLabels.Thinned(raw.Shape, step);

    public VoxelSize? VoxelSize { get; } = voxelSize with { ZUm = voxelSize.ZUm * step };

    public IReadOnlyList<string> Warnings => raw.Warnings;

    public IRawRows OpenRows(int z, int firstRow = 0) => raw.OpenRows(z * step, firstRow);

    public void Dispose() => raw.Dispose();
}

/// <summary>Every nth layer of a label stack, from the first on.</summary>
internal sealed class EveryNthLabels(ILayerSource labels, int step) : ILayerSource
{
    public string Name => labels.Name;

    public VolumeShape Shape { get; } = Thinned(labels.Shape, step);

    public VoxelSize? VoxelSize => labels.VoxelSize;

    public IRowReader OpenRows(int z, int firstRow = 0) => labels.OpenRows(z * step, firstRow);

    public void Dispose() => labels.Dispose();

    public static VolumeShape Thinned(VolumeShape shape, int step) => shape with { Depth = (shape.Depth + step - 1) / step };
}
