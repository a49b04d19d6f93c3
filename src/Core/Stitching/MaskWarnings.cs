namespace CellStitch.Core.Stitching;

/// <summary>What to tell the user about masks that can be stitched, but lack something: the <c>warnings</c> of metrics.json.</summary>
public static class MaskWarnings
{
    /// <summary>There are no projections.</summary>
    public const string NoVotes = "Stitched without votes: no XZ and YZ masks were given, so wrong matches are not rejected.";

    /// <summary>The XY masks state no voxel size.</summary>
    /// <param name="file">Their name, as the user knows it.</param>
    public static string NoVoxelSize(string file) => $"{file}: states no voxel size, so the result has none.";
}
