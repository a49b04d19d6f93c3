namespace CellStitch.Core.Volumes;

/// <summary>The edge lengths of a voxel in µm, in the order (z, y, x); each is finite and above 0.</summary>
/// <param name="ZUm">Distance of two layers in µm.</param>
/// <param name="YUm">Distance of two rows in µm.</param>
/// <param name="XUm">Distance of two columns in µm.</param>
public readonly record struct VoxelSize(double ZUm, double YUm, double XUm)
{
    /// <summary>Anisotropy N = z spacing / in-plane spacing (the mean of y and x).</summary>
    public double Anisotropy => 2 * ZUm / (YUm + XUm);

    /// <summary>Volume of one voxel in µm³.</summary>
    public double VolumeUm3 => ZUm * YUm * XUm;
}
