namespace CellStitch.Core.Synthesis;

/// <summary>What the cells of a synthetic volume look like.</summary>
public enum CellFamily
{
    /// <summary>Packed convex cells (a relaxed Voronoi tessellation) of an ellipsoidal organ, parted by walls of background about 2 px thick.</summary>
    Tissue,

    /// <summary>Files of cells on top of each other in z with nearly flat interfaces, in an elliptical patch; walls as in <see cref="Tissue"/>.</summary>
    Stacked,

    /// <summary>Separated ellipsoids of random size and orientation in much background.</summary>
    Ellipsoids,

    /// <summary>Packed convex cells without walls that fill the volume: no voxel is background.</summary>
    Dense,

    /// <summary>As <see cref="Stacked"/>, but in each file every second cell, except the last, is flat: one or two layers between thick ones.</summary>
    Flat,
}
