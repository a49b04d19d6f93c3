using CellStitch.Segmentation.Flows;
using CellStitch.Segmentation.Images;

namespace CellStitch.Segmentation.Tests;

/// <summary>Every step against the Python reference, within the tolerances of src/Segmentation/Models/SPEC.md, section 6.</summary>
public class NetworkGoldenTests
{
    private const double InputTolerance = 1e-5;
    private const double OutputTolerance = 2e-3;
    private const double FlowTolerance = 1e-4;

    public static TheoryData<string> Cases => NetworkGolden.Names;

    [Theory]
    [MemberData(nameof(Cases))]
    public void Normalisation_AndResizing_GiveTheInput(string name)
    {
        var golden = new NetworkGolden(name);
        GreyImage input = Input(golden);
        Assert.Equal(golden.NetworkShape, (input.Height, input.Width));
        AssertClose(golden.Floats("input.f32").AsSpan(0, input.Pixels.Length), input.Pixels, InputTolerance);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Network_OnTheInput_GivesTheOutput(string name)
    {
        var golden = new NetworkGolden(name);
        using FlowNetwork network = FlowNetwork.Open(FlowNetwork.DefaultModelPath);
        FlowField output = network.Run(Input(golden));
        AssertClose(golden.Floats("output.f32"), output.Values, OutputTolerance);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Tiling_Starts_AreThoseOfTheReference(string name)
    {
        var golden = new NetworkGolden(name);
        var tiles = new Tiling(256, FixedSize: false);
        Assert.Equal(golden.Starts("tile_rows"), tiles.Starts((golden.NetworkShape.Height + 15) / 16 * 16));
        Assert.Equal(golden.Starts("tile_cols"), tiles.Starts((golden.NetworkShape.Width + 15) / 16 * 16));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Masks_OfTheStoredOutput_AreExact(string name)
    {
        var golden = new NetworkGolden(name);
        FlowField output = golden.Output();
        var rules = new MaskRules();
        AssertMasks(golden, "masks_raw", rules.RawMasks(output));
        AssertMasks(golden, "masks_nofilter", (rules with { FlowThreshold = 0 }).Masks(output));
        AssertMasks(golden, "masks_strict", (rules with { KeepsBorder = false }).Masks(output));
        AssertMasks(golden, "masks", rules.Masks(output));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void MaskFlows_OfTheRawMasks_AreThoseOfTheReference(string name)
    {
        var golden = new NetworkGolden(name);
        double[] flows = MaskFlows.Of(golden.Masks("masks_raw"), golden.NetworkShape.Width);
        float[] expected = golden.Floats("mask_flows_raw.f32");
        int pixels = expected.Length / 2;
        for (int i = 0; i < pixels; i++)
        {
            // Where heat is level in both directions, at centres, its direction is a rounding error.
            bool level = Math.Abs(expected[i]) + Math.Abs(expected[pixels + i]) < 0.5;
            Assert.True(level || (Math.Abs(expected[i] - flows[i]) <= FlowTolerance && Math.Abs(expected[pixels + i] - flows[pixels + i]) <= FlowTolerance), $"pixel {i}");
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Masks_AtImageScale_AreExact(string name)
    {
        var golden = new NetworkGolden(name);
        GreyImage image = golden.Image();
        (int height, int width) = golden.NetworkShape;
        uint[] resized = Resampling.Nearest(golden.Masks("masks"), height, width, image.Height, image.Width);
        Assert.Equal(golden.Masks("masks_image_scale"), resized.Select(label => (int)label));
    }

    private static GreyImage Input(NetworkGolden golden)
    {
        GreyImage image = golden.Image();
        IntensityHistogram.Range(part => part(image.Pixels)).Normalise(image.Pixels, contrast: 1);
        (int height, int width) = NominalSize.Of(image.Height, image.Width, golden.Diameter, golden.RowStretch);
        return Resampling.Linear(image, height, width);
    }

    private static void AssertMasks(NetworkGolden golden, string what, int[] masks)
    {
        Assert.Equal(golden.Count(what), masks.Max());
        int different = golden.Masks(what).Zip(masks).Count(pair => pair.First != pair.Second);
        Assert.True(different == 0, $"{what}: {different} pixels differ");
    }

    private static void AssertClose(ReadOnlySpan<float> expected, ReadOnlySpan<float> found, double tolerance)
    {
        Assert.Equal(expected.Length, found.Length);
        double worst = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            worst = Math.Max(worst, Math.Abs(expected[i] - found[i]));
        }

        Assert.True(worst <= tolerance, $"differs by {worst}; at most {tolerance} is allowed");
    }
}
