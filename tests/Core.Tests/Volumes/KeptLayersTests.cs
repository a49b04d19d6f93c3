using CellStitch.Core.Stitching;
using CellStitch.Core.Synthesis;
using CellStitch.Core.Tests.Stitching;
using CellStitch.Core.Volumes;

namespace CellStitch.Core.Tests.Volumes;

public sealed class KeptLayersTests
{
    private const int Depth = 5;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(63, 17)]
    [InlineData(64, 64)]
    [InlineData(65, 129)]
    [InlineData(300, 70)]
    public void PackedLayer_AnyRows_GivesTheLabels(int width, int height)
    {
        var random = new Random((width * 1000) + height);
        foreach (LabelGrain grain in Enum.GetValues<LabelGrain>())
        {
            var packed = new PackedLayer(width, height, grain);
            for (int z = 0; z < Depth; z++)
            {
                // The last one is noise.
                LabelVolume volume = Volume(random, 1, height, width, copy: z < Depth - 1 ? 0.2 * z : 0, labels: z < Depth - 1 ? 6 : 10_000);
                packed.Fill(volume, 0);
                for (int first = 0; first <= height; first += random.Next(1, 1 + (height / 3)))
                {
                    using IRowReader rows = packed.OpenRows(first);
                    uint[] expected = volume.Layer(0)[(first * width)..].ToArray();
                    var read = new uint[expected.Length];
                    for (int row = 0; row < height - first;)
                    {
                        int count = random.Next(1, height - first - row + 1);
                        rows.Read(read.AsSpan(row * width, count * width));
                        row += count;
                    }

                    Assert.Equal(expected, read);
                }
            }
        }
    }

    [Fact]
    public void PackedLayer_MasksOfEachDirection_TakeAFractionOfTheirMemory()
    {
        MaskStacks masks = RepairTests.NoisyMasks(CellFamily.Dense, seed: 61);
        VolumeShape shape = masks.Shape;
        foreach ((ILayerSource stack, LabelGrain grain) in new[] { (masks.Xy, LabelGrain.Rows), (masks.Xz!, LabelGrain.Rows), (masks.Yz!, LabelGrain.Columns) })
        {
            var packed = new PackedLayer(shape.Width, shape.Height, grain);
            packed.Fill(stack, 6);
            Assert.InRange(packed.Bytes, 1, shape.LayerPixels * sizeof(uint) / 4);
        }
    }

    [Theory]
    [InlineData(int.MaxValue, 5)]
    [InlineData(2000, 5)]
    [InlineData(0, 9)]
    public void Keep_LayersReadAgain_AreReadOnceFromTheStackIfTheyAreHeld(int largest, int reads)
    {
        LabelVolume volume = Volume(new Random(3), Depth, 64, 64, copy: 0.9, labels: 5, longest: 40);
        var stack = new CountedLayers(volume);
        var run = new LayerRuns(new StitchOptions { Threads = 2 }, TestContext.Current.CancellationToken);
        using var kept = new KeptLayers(stack, largest);
        var layer = new uint[64 * 64];
        for (int first = 0; first + 3 <= Depth; first++)
        {
            kept.Keep(new LayerRange(first, first + 3), run);
            for (int z = first; z < first + 3; z++)
            {
                kept.ReadLayer(z, layer);
                Assert.Equal(volume.Layer(z).ToArray(), layer);
            }
        }

        Assert.Equal(reads, stack.Opened.Count);
    }

    [Fact]
    public void Keep_LayersThatDoNotPack_AreReadFromTheStack()
    {
        LabelVolume volume = Volume(new Random(4), Depth, 64, 64, copy: 0, labels: 10_000, longest: 2);
        var stack = new CountedLayers(volume);
        using var kept = new KeptLayers(stack, 2000);
        kept.Keep(new LayerRange(0, Depth), new LayerRuns(new StitchOptions { Threads = 2 }, TestContext.Current.CancellationToken));
        var layer = new uint[64 * 64];
        kept.ReadLayer(2, layer);

        Assert.Equal(volume.Layer(2).ToArray(), layer);
        Assert.Equal(Depth + 1, stack.Opened.Count);
    }

    private static LabelVolume Volume(Random random, int depth, int height, int width, double copy, int labels, int longest = 12)
    {
        uint[] known = RandomLayers.Labels(random, labels, sparse: true);
        return new LabelVolume(
            new VolumeShape(depth, height, width),
            [.. Enumerable.Range(0, depth).SelectMany(_ => RandomLayers.Runs(random, height, width, known, copy, longest))]);
    }
}
