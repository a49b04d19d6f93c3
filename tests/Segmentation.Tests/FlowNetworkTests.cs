using CellStitch.Segmentation.Flows;
using CellStitch.Segmentation.Images;

namespace CellStitch.Segmentation.Tests;

/// <summary>The contract of a model (docs/models.md), with models of another make than ours.</summary>
public class FlowNetworkTests
{
    private static readonly (int Row, int Column)[] Discs = [(30, 40), (35, 100), (90, 60), (120, 150), (60, 180), (150, 30)];

    [Theory]
    [InlineData(11, 6, 0, true)]
    [InlineData(13, 7, 0, true)]
    [InlineData(17, 8, 0, false)]
    [InlineData(18, 8, 128, true)]
    [InlineData(13, 7, 64, false)]
    public void Masks_OfAnotherModelThatFulfilsTheContract_AreTheDiscs(int opset, int version, int side, bool style)
    {
        var model = new HandmadeModel { Opset = opset, IrVersion = version, Side = side, Style = style };
        using var network = FlowNetwork.Open(model.Bytes(), "mine.onnx");
        GreyImage image = Picture();

        int[] masks = new MaskRules().Masks(network.Run(image));

        int[] found = [.. Discs.Select(disc => masks[(disc.Row * image.Width) + disc.Column])];
        Assert.Equal(Discs.Length, masks.Max());
        Assert.DoesNotContain(0, found);
        Assert.Equal(Discs.Length, found.Distinct().Count());
    }

    public static TheoryData<string, string> Unfit => new()
    {
        { "three channels", "mine.onnx: the model has an input Single [free, 3, free, free]; expected float32 [N, 2, H, W]" },
        { "four outputs", "a first output Single [free, 4, free, free]; expected float32 [N, 3, H, W]" },
        { "two inputs", "2 inputs; expected one" },
        { "oblong", "an input Single [free, 2, 64, 128]; expected float32 [N, 2, H, W] with H and W free or equal" },
        { "side", "images of 100 × 100 pixels; expected a multiple of 16" },
        { "cut off", "mine.onnx: is no ONNX model that can be run" },
    };

    [Theory]
    [MemberData(nameof(Unfit))]
    public void Open_ModelThatDoesNotFulfilTheContract_SaysWhatWasFoundAndExpected(string what, string sentence)
    {
        HandmadeModel model = what switch
        {
            "three channels" => new HandmadeModel { Channels = 3 },
            "four outputs" => new HandmadeModel { Outputs = 4 },
            "two inputs" => new HandmadeModel { SecondInput = true },
            "oblong" => new HandmadeModel { Side = 64, Oblong = true },
            "side" => new HandmadeModel { Side = 100 },
            _ => new HandmadeModel(),
        };
        byte[] bytes = model.Bytes();
        var fault = Assert.Throws<InvalidModelException>(() => FlowNetwork.Open(what == "cut off" ? bytes[..^100] : bytes, "mine.onnx"));

        Assert.Contains(sentence, fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', fault.Message);
    }

    // Discs 30 pixels across with soft edges.
    private static GreyImage Picture()
    {
        GreyImage image = GreyImage.Empty(180, 220);
        for (int y = 0; y < image.Height; y++)
        {
            for (int x = 0; x < image.Width; x++)
            {
                double nearest = Discs.Min(disc => Math.Sqrt(Math.Pow(y - disc.Row, 2) + Math.Pow(x - disc.Column, 2)));
                image.Pixels[(y * image.Width) + x] = (float)Math.Clamp(1.5 - (nearest / 15), 0, 1);
            }
        }

        return image;
    }
}
