using CellStitch.Core.Interpolation;
using CellStitch.Core.Transport;

namespace CellStitch.Core.Tests.Interpolation;

public sealed class ContourTests
{
    [Theory]
    [InlineData("1", "0,0", "0")]
    [InlineData("1 1 / 1 1", "0,0 0,1 1,1 1,0", "0")]
    [InlineData("1 1 1 / 1 1 1 / 1 1 1", "0,0 0,1 0,2 1,2 2,2 2,1 2,0 1,0", "0")]
    [InlineData("1 . / . 1", "0,0 1,1", "0")]
    [InlineData("1 . 1", "0,0 0,2", "0 1")]
    [InlineData("1 1 1 1", "0,0 0,1 0,2 0,3", "0")]
    public void Trace_SmallSlice_FollowsItsBorderClockwise(string drawn, string points, string rings)
    {
        Contour contour = Trace(drawn);

        Assert.Equal(points, string.Join(' ', contour.Points.Select(point => $"{point.Y},{point.X}")));
        Assert.Equal(rings, string.Join(' ', contour.Rings.Select(ring => ring.First)));
    }

    [Fact]
    public void Trace_ThickRing_HasAnOuterRingAndAHole()
    {
        Contour contour = Trace("1 1 1 1 1 / 1 1 1 1 1 / 1 1 . 1 1 / 1 1 1 1 1 / 1 1 1 1 1");

        Assert.Equal([false, true], contour.Rings.Select(ring => ring.IsHole));
        Assert.Equal(16, contour.Rings[1].First);
        Assert.Equal([new(1, 2), new(2, 1), new(3, 2), new(2, 3)], contour.Points[16..]);
    }

    [Fact]
    public void Trace_RandomSlices_ListsEveryBorderPixelOnce()
    {
        var random = new Random(5);
        for (int round = 0; round < 200; round++)
        {
            (int height, int width) = (random.Next(1, 12), random.Next(1, 12));
            uint[] layer = [.. Enumerable.Range(0, height * width).Select(_ => (uint)random.Next(2))];
            var slice = SliceMask.Cut(layer, width, 1, new PixelBox(0, 0, height, width));

            PlanePoint[] expected =
            [
                .. from y in Enumerable.Range(0, height)
                   from x in Enumerable.Range(0, width)
                   where slice.Contains(y, x) && !(slice.Contains(y - 1, x) && slice.Contains(y + 1, x) && slice.Contains(y, x - 1) && slice.Contains(y, x + 1))
                   select new PlanePoint(y, x),
            ];
            Assert.Equal(expected, Contour.Trace(slice).Points.OrderBy(point => (point.Y, point.X)));
        }
    }

    private static Contour Trace(string drawn)
    {
        int width = Mask.WidthOf(drawn);
        uint[] layer = Mask.Parse(drawn);
        return Contour.Trace(SliceMask.Cut(layer, width, 1, new PixelBox(0, 0, layer.Length / width, width)));
    }
}
