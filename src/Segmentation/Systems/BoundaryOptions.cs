namespace CellStitch.Segmentation.Systems;

/// <summary>Where the supervoxels of <see cref="BoundarySegmentation"/> are made.</summary>
public enum Supervoxels
{
    /// <summary>In the whole volume.</summary>
    Volume,

    /// <summary>In every layer by itself; for layers that are far apart.</summary>
    Layers,
}

/// <summary>Options of <see cref="BoundarySegmentation"/>; the numbers are those of PlantSeg's configuration template.</summary>
public sealed record BoundaryOptions
{
    /// <summary>Where supervoxels are made; by default in the volume.</summary>
    public Supervoxels Supervoxels { get; init; }

    /// <summary>Boundary probability, in [0, 1], above which a voxel is boundary for the distances.</summary>
    public double Threshold
    {
        get;
        init => field = value is >= 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(nameof(Threshold), value, "must lie in [0, 1]");
    } = 0.5;

    /// <summary>Two regions are joined while the mean boundary probability between them is below 1 − beta; in [0, 1]. Larger values split more.</summary>
    public double Beta
    {
        get;
        init => field = value is >= 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(nameof(Beta), value, "must lie in [0, 1]");
    } = 0.6;

    /// <summary>Smaller cells are given to their neighbours; voxels, at least 0.</summary>
    public int MinimumVolume
    {
        get;
        init => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(MinimumVolume), value, "must be at least 0");
    } = 50;

    /// <summary>Whether the largest cell is background: boundaries alone do not tell the space around a tissue from a cell.</summary>
    public bool DropsLargest { get; init; }
}
