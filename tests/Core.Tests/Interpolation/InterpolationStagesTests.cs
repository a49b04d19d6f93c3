using CellStitch.Core.Interpolation;
using CellStitch.Core.Interpolation.Stages;
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
        LabelVolume volume = Shapes.Crowd(seed: 3, depth: 4);
        var options = new InterpolationOptions { Anisotropy = 2.5, Method = method, Profile = profile, Threads = 2 };
        LabelVolume whole = Shapes.Interpolate(volume, 2.5, profile, method);
        var staged = new LabelVolume(whole.Shape);

        for (int z = 0; z < volume.Shape.Depth - 1; z++)
        {
            IReadOnlyList<uint> units = InterpolateStage.Units(volume, z, options);

            // In reverse: the order of the batches does not matter.
            Stream[] claims = [.. units.Chunk(batch).Reverse().Select(cells => Claims(volume, z, cells, options))];
            ComposeStage.Run(volume, z, claims, options, (position, layer) => layer.CopyTo(staged.Layer(position)));
        }

        Assert.Equal(Mask.Draw(whole), Mask.Draw(staged));
    }

    [Fact]
    public void Compose_TableOfAnotherGap_IsRefused()
    {
        LabelVolume volume = Shapes.Crowd(seed: 3, depth: 4);
        var options = new InterpolationOptions { Anisotropy = 2 };
        Stream other = Claims(volume, 1, InterpolateStage.Units(volume, 1, options), options);

        var error = Assert.Throws<InvalidDataException>(() => ComposeStage.Run(volume, 0, [other], options, (_, _) => { }));

        Assert.Contains("below layer 1", error.Message, StringComparison.Ordinal);
    }

    private static MemoryStream Claims(LabelVolume volume, int z, IReadOnlyList<uint> cells, InterpolationOptions options)
    {
        var table = new MemoryStream();
        InterpolateStage.Run(volume, z, cells, options, table, TestContext.Current.CancellationToken);
        table.Position = 0;
        return table;
    }
}
