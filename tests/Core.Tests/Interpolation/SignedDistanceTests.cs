using CellStitch.Core.Interpolation;

namespace CellStitch.Core.Tests.Interpolation;

public sealed class SignedDistanceTests
{
    [Fact]
    public void Of_RandomSlices_IsTheDistanceToTheNearestPixelOfTheOtherSide()
    {
        var random = new Random(11);
        for (int round = 0; round < 100; round++)
        {
            var image = new PixelBox(0, 0, random.Next(1, 14), random.Next(1, 14));
            uint[] layer = [.. Enumerable.Range(0, image.Pixels).Select(_ => (uint)random.Next(2))];
            layer[0] = 1;
            layer[^1] = 1;
            var slice = SliceMask.Cut(layer, image.Width, 1, image);

            var distance = SignedDistance.Of(slice, image);

            for (int y = 0; y < image.Height; y++)
            {
                for (int x = 0; x < image.Width; x++)
                {
                    Assert.Equal(Plain(layer, image, y, x) ?? distance[y, x], distance[y, x], 1e-5f);
                }
            }
        }
    }

    [Fact]
    public void At_BetweenPixels_Interpolates()
    {
        var image = new PixelBox(0, 0, 5, 9);
        var distance = SignedDistance.Of(SliceMask.Filled(new PixelBox(0, 3, 5, 3)), image);

        Assert.Equal(0, distance.At(2, 2.5), 1e-6f);
        Assert.Equal(1, distance.At(2, 3.5), 1e-6f);
    }

    private static float? Plain(uint[] layer, PixelBox image, int y, int x)
    {
        double? nearest = null;
        for (int i = 0; i < layer.Length; i++)
        {
            if (layer[i] != layer[(y * image.Width) + x])
            {
                (int dy, int dx) = ((i / image.Width) - y, (i % image.Width) - x);
                nearest = Math.Min(nearest ?? double.MaxValue, Math.Sqrt((dy * dy) + (dx * dx)));
            }
        }

        return nearest is null ? null : (float)(layer[(y * image.Width) + x] == 1 ? nearest - 0.5 : 0.5 - nearest);
    }
}
