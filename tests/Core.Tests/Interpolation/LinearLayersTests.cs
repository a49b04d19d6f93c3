using CellStitch.Core.Volumes;

namespace CellStitch.Core.Tests.Interpolation;

public class LinearLayersTests
{
    [Theory]
    [InlineData(2, new[] { 0f, 5, 10, 25, 40 })]
    [InlineData(1.5, new[] { 0f, 10 / 1.5f, 20, 40 })]
    [InlineData(2.25, new[] { 0f, 10 / 2.25f, 20 / 2.25f, 20, 10 + (30 * ((4 / 2.25f) - 1)), 40 })]
    public void OpenRows_LayersInBetween_AreLinearInTheirHeight(double anisotropy, float[] expected)
    {
        // Layers of 0, 10 and 40, and a gradient in the rows.
        var stack = new IntensityVolume(new VolumeShape(3, 2, 1), [0, 1, 10, 11, 40, 41], new VoxelSize(3, 1, 1));
        var cubes = new LinearLayers(stack, anisotropy);
        IntensityVolume read = IntensityVolume.From(cubes, TestContext.Current.CancellationToken);
        Assert.Equal(new VolumeShape(expected.Length, 2, 1), read.Shape);
        Assert.Equal(3 / anisotropy, read.VoxelSize!.Value.ZUm);
        float[] from = new float[1];
        for (int z = 0; z < expected.Length; z++)
        {
            Assert.Equal(expected[z], read.Layer(z)[0], 1e-4f);
            using IRawRows second = cubes.OpenRows(z, firstRow: 1);
            second.Read(from);
            Assert.Equal(expected[z] + 1, from[0], 1e-4f);
        }
    }
}
