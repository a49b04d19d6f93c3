namespace CellStitch.Core.Volumes;

/// <summary>Takes the layers of a result, from z = 0 downwards, one call per layer.</summary>
public interface ILayerSink
{
    /// <summary>Says what is coming, before the first layer.</summary>
    /// <param name="shape">Shape (z, y, x) of the result.</param>
    /// <param name="largestLabel">Largest label that will be written; decides the pixel type.</param>
    /// <param name="voxelSize">Voxel size in µm, if known.</param>
    void Begin(VolumeShape shape, uint largestLabel, VoxelSize? voxelSize);

    /// <summary>Takes the next layer.</summary>
    /// <param name="layer">Height × width labels in raster order; valid during the call only.</param>
    void Write(ReadOnlySpan<uint> layer);
}
