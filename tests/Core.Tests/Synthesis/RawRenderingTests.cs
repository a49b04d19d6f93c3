using CellStitch.Core.Synthesis;
using CellStitch.Core.Volumes;

namespace CellStitch.Core.Tests.Synthesis;

public class RawRenderingTests
{
    private static readonly SynthOptions Tissue = new() { Cells = 30, Shape = new VolumeShape(6, 60, 70), Seed = 4 };

    [Fact]
    public void Raw_SameSeed_HasTheSameBytes()
    {
        using var truth = new CellTruth(Tissue);
        Assert.Equal(Render(truth, Stain.Membranes, seed: 1).Pixels, Render(truth, Stain.Membranes, seed: 1).Pixels);
        Assert.NotEqual(Render(truth, Stain.Membranes, seed: 1).Pixels, Render(truth, Stain.Membranes, seed: 2).Pixels);
    }

    [Fact]
    public void Raw_OfAnyVolume_HasItsShapeVoxelSizeAndSixteenBits()
    {
        using var truth = new CellTruth(Tissue);
        RawStack raw = Render(truth, Stain.Membranes);
        Assert.Equal((truth.Shape, 65535u, truth.VoxelSize), (raw.Shape, raw.LargestLabel, raw.VoxelSize));
        Assert.Equal(truth.Shape.Voxels, raw.Pixels.Count);
        Assert.All(raw.Pixels, value => Assert.InRange(value, 0u, 65535u));
    }

    [Fact]
    public void Membranes_AtOutlines_AreBrighterThanCellsAndBackground()
    {
        LabelVolume truth = TwoHalves(depth: 5);
        RawStack raw = Render(truth, Stain.Membranes);
        double outline = raw.MeanOfColumn(z: 2, x: 20);
        double inside = raw.MeanOfColumn(z: 2, x: 8);
        Assert.True(outline > 2 * inside, $"outline {outline}, inside {inside}");
    }

    [Fact]
    public void Nuclei_Inside_AreBrighterThanBackground()
    {
        var truth = new LabelVolume(new VolumeShape(3, 40, 40));
        for (int z = 0; z < 3; z++)
        {
            truth.Layer(z)[..800].Fill(1);
        }

        RawStack raw = Render(truth, Stain.Nuclei);
        double nucleus = raw.Layer(1)[..600].Average(value => value);
        double background = raw.Layer(1)[1000..].Average(value => value);
        Assert.True(nucleus > 3 * background, $"nucleus {nucleus}, background {background}");
    }

    [Theory]
    [InlineData(2, true)]
    [InlineData(8, false)]
    public void Blur_InZ_ReachesTheNextLayerOnlyWhereItIsNear(double anisotropy, bool reaches)
    {
        var truth = new LabelVolume(new VolumeShape(5, 40, 40), new VoxelSize(anisotropy, 1, 1));
        truth.Layer(2).Fill(1);
        RawStack raw = Render(truth, Stain.Nuclei);
        double next = raw.Layer(3).Average(value => value);
        double far = Render(new LabelVolume(truth.Shape, truth.VoxelSize), Stain.Nuclei).Layer(3).Average(value => value);
        Assert.Equal(reaches, next > 1.5 * far);
    }

    [Fact]
    public void Noise_OfEmptyVolume_HasTheVarianceOfItsPhotonsAndCamera()
    {
        double[] values = [.. Render(new LabelVolume(new VolumeShape(1, 200, 200)), Stain.Nuclei).Pixels.Select(value => (double)value)];
        double mean = values.Average();
        double variance = values.Average(value => (value - mean) * (value - mean));
        // 4 photons and camera noise of 2, times a gain of 20, above an offset of 100.
        Assert.InRange(mean, 178, 182);
        Assert.InRange(variance, 0.95 * 400 * 8, 1.05 * 400 * 8);
    }

    // Two cells side by side, meeting between columns 19 and 20.
    private static LabelVolume TwoHalves(int depth)
    {
        var volume = new LabelVolume(new VolumeShape(depth, 40, 40));
        for (int i = 0; i < volume.Voxels.Length; i++)
        {
            volume.Voxels[i] = i % 40 < 20 ? 1u : 2u;
        }

        return volume;
    }

    private static RawStack Render(ILayerSource truth, Stain stain, ulong seed = 1)
    {
        var raw = new RawStack();
        RawRendering.Write(truth, stain, seed, raw, TestContext.Current.CancellationToken);
        return raw;
    }

    private sealed class RawStack : ILayerSink
    {
        public VolumeShape Shape { get; private set; }

        public uint LargestLabel { get; private set; }

        public VoxelSize? VoxelSize { get; private set; }

        public List<uint> Pixels { get; } = [];

        public void Begin(VolumeShape shape, uint largestLabel, VoxelSize? voxelSize)
        {
            (Shape, LargestLabel, VoxelSize) = (shape, largestLabel, voxelSize);
        }

        public void Write(ReadOnlySpan<uint> layer) => Pixels.AddRange(layer);

        public uint[] Layer(int z) => [.. Pixels.Skip(z * Shape.LayerPixels).Take(Shape.LayerPixels)];

        public double MeanOfColumn(int z, int x) => Layer(z).Where((_, i) => i % Shape.Width == x).Average(value => value);
    }
}
