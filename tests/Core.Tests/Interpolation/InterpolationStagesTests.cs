using CellStitch.Core.Interpolation;
using CellStitch.Core.Interpolation.Stages;
using CellStitch.Core.Stitching;
using CellStitch.Core.Volumes;

namespace CellStitch.Core.Tests.Interpolation;

public sealed class InterpolationStagesTests
{
    public static MatrixTheoryData<InterpolationMethod, InterpolationProfile, int> Ways => new(
        Enum.GetValues<InterpolationMethod>(), Enum.GetValues<InterpolationProfile>(), [1, 4, 1000]);

    [Theory]
    [MemberData(nameof(Ways))]
    public void Stages_AnyBatchSize_GiveTheInterpolatorsVolume(InterpolationMethod method, InterpolationProfile profile, int batch)
    {
        LabelVolume volume = Shapes.CrowdWithGaps(seed: 3, depth: 5);
        var options = new InterpolationOptions { Anisotropy = 2.5, Method = method, Profile = profile, Threads = 2 };
        LabelVolume whole = Shapes.Interpolate(volume, 2.5, profile, method);
        var staged = new LabelVolume(whole.Shape);
        IReadOnlyList<ListedUnits> units = List(volume, options);

        for (int z = 0; z < volume.Shape.Depth - 1; z++)
        {
            // In reverse: the order of the batches does not matter.
            IEnumerable<Range> batches = Enumerable.Range(0, units[z].Count).Chunk(batch).Select(part => part[0]..(part[^1] + 1));
            var gap = new ComposeStage(volume, z, options);
            foreach (Range part in batches.Reverse())
            {
                gap.Add(Claims(volume, units[z].Table, z, part, options));
            }

            gap.Finish((position, layer) => layer.CopyTo(staged.Layer(position)));
        }

        Assert.Equal(Mask.Draw(whole), Mask.Draw(staged));
    }

    [Fact]
    public void Compose_TableOfAnotherGap_IsRefused()
    {
        LabelVolume volume = Shapes.Crowd(seed: 3, depth: 4);
        var options = new InterpolationOptions { Anisotropy = 2 };
        Stream other = Claims(volume, List(volume, options)[1].Table, 1, .., options);

        var error = Assert.Throws<InvalidDataException>(() => new ComposeStage(volume, 0, options).Add(other));

        Assert.Contains("below layer 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tables_Damaged_AreRefused()
    {
        LabelVolume volume = Shapes.Crowd(seed: 3, depth: 4);
        var options = new InterpolationOptions { Anisotropy = 2 };
        byte[] units = List(volume, options)[0].Table.ToArray();
        byte[] slices = Slices(volume, 0, 4);
        units[^40] ^= 1;
        slices[^40] ^= 1;

        Assert.Throws<InvalidDataException>(() => Claims(volume, units, 0, .., options));
        Assert.Throws<InvalidDataException>(() => Claims(volume, List(volume, options)[1].Table, 0, .., options));
        Assert.Throws<InvalidDataException>(() => InterpolateStage.List([new MemoryStream(slices)], volume.Shape, options));
        Assert.Throws<InvalidDataException>(() => InterpolateStage.List([new MemoryStream(Slices(volume, 0, 3))], volume.Shape, options));
    }

    private static IReadOnlyList<ListedUnits> List(LabelVolume volume, InterpolationOptions options) =>
        InterpolateStage.List([new MemoryStream(Slices(volume, 2, volume.Shape.Depth)), new MemoryStream(Slices(volume, 0, 2))], volume.Shape, options);

    private static byte[] Slices(LabelVolume volume, int first, int end)
    {
        using var table = new MemoryStream();
        SliceTable.Write(table, volume.Shape, new LayerRange(first, end), [.. Enumerable.Range(first, end - first).Select(z => LayerSlices.LabelsOf(volume.Layer(z)))]);
        return table.ToArray();
    }

    private static MemoryStream Claims(LabelVolume volume, ReadOnlyMemory<byte> units, int z, Range batch, InterpolationOptions options)
    {
        var table = new MemoryStream();
        InterpolateStage.Run(volume, new MemoryStream(units.ToArray()), z, batch, options, table, TestContext.Current.CancellationToken);
        table.Position = 0;
        return table;
    }
}
