using CellStitch.Core.Baselines;
using CellStitch.Core.Tests.Stitching;
using CellStitch.Core.Volumes;
using static CellStitch.Core.Tests.GoldenCases;

namespace CellStitch.Core.Tests.Baselines;

/// <summary>The baseline against what Cellpose's own rule produced at 0.25.</summary>
public class GoldenIouTests
{
    private const string TiedSuccessors = "adv_tie";

    public static TheoryData<string> CasesWithBaseline =>
        [.. Names.Where(name => name != TiedSuccessors && Manifest(name).GetProperty("files").TryGetProperty("iou025", out _))];

    [Fact]
    public void Cases_WithBaseline_AreAsManyAsDocumented() => Assert.Equal(22, CasesWithBaseline.Count);

    [Theory]
    [MemberData(nameof(CasesWithBaseline))]
    public void Stitch_GoldenCase_EqualsCellposeUpToRenaming(string name)
    {
        LabelVolume expected = PlainStitching.Renumber(Read(name, "iou025"));
        Assert.Equal(expected.Voxels.ToArray(), Stitch(name).Voxels.ToArray());
    }

    [Fact]
    public void Stitch_TiedSuccessors_OnlyOneInherits()
    {
        Assert.Single(Labels(Read(TiedSuccessors, "iou025")));
        Assert.Equal([1u, 2], Labels(Stitch(TiedSuccessors)));
    }

    private static uint[] Labels(LabelVolume volume) => [.. volume.Voxels.ToArray().Distinct().Where(label => label != 0).Order()];

    private static LabelVolume Stitch(string name)
    {
        var sink = new VolumeSink();
        IouStitching.Stitch(Read(name, "xy"), sink, cancellation: TestContext.Current.CancellationToken);
        return sink.Volume;
    }
}
