using CellStitch.Core.Stitching;
using CellStitch.Core.Synthesis;
using CellStitch.Core.Volumes;

namespace CellStitch.Core.Tests.Stitching;

public class StagesTests
{
    private static readonly Cuts[] AllCuts = [new(1, 1, 1, 1), new(2, 1000, 1, 3), new(3, 5, 2, 2), new(1000, 7, 1, 1000), new(1, 1000, 4, 4)];

    public static TheoryData<string, StitchDirection> Golden()
    {
        var data = new TheoryData<string, StitchDirection>();
        foreach (string name in GoldenCases.Names.Where(name => name != "stardist_demo3d"))
        {
            data.Add(name, StitchDirection.Down);
            data.Add(name, StitchDirection.Up);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Golden))]
    public void Stages_GoldenCase_EqualTheStitcher(string name, StitchDirection direction)
    {
        MaskStacks stacks = GoldenCases.Stacks(name);
        foreach (Cuts cuts in (ReadOnlySpan<Cuts>)[new(2, 1000, 2, 3), new(3, 17, 1, 1)])
        {
            AssertEqualsStitcher(stacks, new StitchOptions { Profile = StitchProfile.Paper, Direction = direction }, cuts, new Random(1));
            AssertEqualsStitcher(stacks, new StitchOptions { Profile = StitchProfile.Robust, Direction = direction }, cuts, new Random(1));
        }
    }

    [Fact]
    public void Stages_RandomVolumes_EqualTheStitcher()
    {
        var random = new Random(31);
        int bridged = 0;
        int surveys = 0;
        for (int trial = 0; trial < 120; trial++)
        {
            MaskStacks stacks = RandomStacks.Make(random, random.Next(1, 9), random.Next(2, 13), random.Next(2, 12), random.Next(2, 7));
            var options = new StitchOptions
            {
                Profile = StitchProfile.Paper,
                MinimumVolume = random.Next(0, 12),
                SingleLayer = (SingleLayerRule)random.Next(3),
                Solver = (TransportSolver)random.Next(2),
                RejectionThreshold = random.Next(0, 5) / 4.0,
                Direction = (StitchDirection)random.Next(2),
                Threads = random.Next(1, 4),
                ShortestRun = random.Next(1, 4),
                LargestKeptLayer = random.Next(2) * int.MaxValue,
            };
            StitchedFiles staged = AssertEqualsStitcher(stacks, options, AllCuts[trial % AllCuts.Length], random);
            bridged += staged.Summary.BridgedGaps;
            surveys = Math.Max(surveys, staged.Surveys);
        }

        Assert.True(bridged > 0, "No gap was bridged: the volumes have no empty layers where it matters.");
        Assert.True(surveys > 1, "One survey was always enough: the volumes have too few holes.");
    }

    [Fact]
    public void Stages_RandomVolumesInProfileRobust_EqualTheStitcher()
    {
        var random = new Random(32);
        int filled = 0;
        for (int trial = 0; trial < 60; trial++)
        {
            MaskStacks stacks = RandomStacks.Make(random, random.Next(1, 24), random.Next(2, 13), random.Next(2, 12), random.Next(2, 7));
            var options = new StitchOptions
            {
                Profile = StitchProfile.Robust,
                DropFragments = random.Next(2) > 0,
                Repair = random.Next(3) > 0,
                MaximumGap = random.Next(4) is var most && most < 3 ? most : null,
                MinimumVolume = random.Next(0, 12),
                Direction = (StitchDirection)random.Next(2),
                Threads = random.Next(1, 4),
                LargestKeptLayer = random.Next(2) * int.MaxValue,
            };
            StitchedFiles staged = AssertEqualsStitcher(stacks, options, AllCuts[trial % AllCuts.Length], random);
            filled += staged.Summary.FilledSlices;
        }

        Assert.True(filled > 0, "No gap was filled: the volumes have none.");
    }

    [Fact]
    public void Stages_NoisyMasks_EqualTheStitcherWithRepairs()
    {
        MaskStacks stacks = RepairTests.NoisyMasks(CellFamily.Dense, seed: 61);
        // Layers held as they are, held packed, and not held.
        foreach ((Cuts cuts, int held) in new[] { (new Cuts(1, 1000, 2, 1), int.MaxValue), (new Cuts(3, 29, 2, 2), stacks.Shape.LayerPixels / 2), (new Cuts(4, 16, 1, 5), 0) })
        {
            foreach (StitchDirection direction in Enum.GetValues<StitchDirection>())
            {
                var options = new StitchOptions { Direction = direction, LargestKeptLayer = held };
                StitchedFiles staged = AssertEqualsStitcher(stacks, options, cuts, new Random(1));
                Assert.True(staged.Summary is { SplitSlices: > 0, FilledSlices: > 0 }, $"{staged.Summary.SplitSlices} split, {staged.Summary.FilledSlices} filled.");
            }
        }
    }

    [Fact]
    public void Tables_AnyByteChanged_AreRefused()
    {
        foreach ((byte[] table, Action<Stream> read) in Tables())
        {
            read(new MemoryStream(table));
            for (int i = 0; i < table.Length; i++)
            {
                byte[] damaged = [.. table];
                damaged[i] ^= 0x10;
                Assert.Throws<InvalidDataException>(() => read(new MemoryStream(damaged)));
                Assert.Throws<InvalidDataException>(() => read(new MemoryStream(table[..i])));
            }

            Assert.Throws<InvalidDataException>(() => read(new MemoryStream([.. table, 0])));
        }
    }

    [Fact]
    public void Tables_OfAnotherKindOrVersion_SaySo()
    {
        byte[] table = Measured(0, 2);
        InvalidDataException kind = Assert.Throws<InvalidDataException>(() => TraceState.Read(new MemoryStream(table)));
        Assert.Equal("Expected a state of the trace (CSst), found \"CSov\".", kind.Message);

        table[4]++;
        InvalidDataException version = Assert.Throws<InvalidDataException>(() => OverlapBlock.Read(new MemoryStream(table)));
        Assert.Equal("The overlap table is of version 2; this program reads version 1.", version.Message);
    }

    [Fact]
    public void Trace_BlocksThatDoNotFit_AreRefused()
    {
        Refused("There is no overlap table of layers 0 to 3.", new LayerRange(0, 4), []);
        Refused("The overlap tables of layer 2 do not hold each of its 2 rows once.", new LayerRange(0, 4), [Measured(0, 2), Measured(3, 4)]);
        Refused("The overlap tables of layer 1 do not hold each of its 2 rows once.", new LayerRange(0, 4), [Measured(0, 2), Measured(1, 4)]);
        Refused(
            "An overlap table holds the pair of layers 1 and 2; expected neighbours up to layers 0 to 1.", new LayerRange(0, 2), [Measured(0, 4)]);
        Refused("The state is that after 0 layers; expected the state after 2.", new LayerRange(2, 4), [Measured(2, 4)]);
        Refused(
            "The overlap table belongs to a volume of 1 × 1 × 1 voxels; expected 4 × 2 × 3.",
            new LayerRange(0, 4),
            [Measured(0, 4), Measured(Mask.Volume("1"), 0, 1)]);

        static void Refused(string message, LayerRange run, IReadOnlyList<byte[]> blocks)
        {
            InvalidDataException refusal = Assert.Throws<InvalidDataException>(
                () => TraceStage.Run(run, StagedStitching.Streams(blocks), [], null, new StitchOptions { Profile = StitchProfile.Paper }, TestContext.Current.CancellationToken));
            Assert.Equal(message, refusal.Message);
        }
    }

    [Fact]
    public void Correct_SurveyMissing_IsRefused()
    {
        TraceOutcome traced = Traced();
        byte[][] cells = [traced.Cells.ToArray()];
        Stream State() => new MemoryStream(traced.State.ToArray());
        byte[] census = CorrectStage.Run(StagedStitching.Streams(cells), State(), [], null, new StitchOptions { Profile = StitchProfile.Paper }).Census.ToArray();
        byte[] survey = Surveyed(cells, census, new LayerRange(0, 3));

        InvalidDataException refusal = Assert.Throws<InvalidDataException>(() => CorrectStage.Run(
            StagedStitching.Streams(cells), State(), StagedStitching.Streams([survey]), new MemoryStream(census), new StitchOptions { Profile = StitchProfile.Paper }));
        Assert.Equal("The tables (survey) hold layers 0 to 2; expected all 4.", refusal.Message);
    }

    private static readonly LabelVolume Small = Mask.Volume("1 1 . / 1 . 2", ". . . / . . .", "3 3 . / 3 3 .", "3 3 3 / 3 . 3");

    private static byte[] Measured(int first, int end) => Measured(Small, first, end);

    private static byte[] Measured(LabelVolume volume, int first, int end) => StagedStitching.Written(table => MeasureStage.Run(
        new MaskStacks(volume),
        new LayerRange(first, end),
        RowRange.All(volume.Shape),
        new StitchOptions { Profile = StitchProfile.Paper },
        table,
        TestContext.Current.CancellationToken));

    private static TraceOutcome Traced()
    {
        byte[] bridge = StagedStitching.Written(
            table => MeasureStage.RunPair(new MaskStacks(Small), 0, 2, table, TestContext.Current.CancellationToken));
        return TraceStage.Run(
            new LayerRange(0, 4),
            StagedStitching.Streams([Measured(0, 4)]),
            StagedStitching.Streams([bridge]),
            null,
            new StitchOptions { Profile = StitchProfile.Paper },
            TestContext.Current.CancellationToken);
    }

    private static byte[] Surveyed(byte[][] cells, byte[] census, LayerRange layers) => StagedStitching.Written(table => SurveyStage.Run(
        Small, layers, StagedStitching.Streams(cells), new MemoryStream(census), new StitchOptions { Profile = StitchProfile.Paper }, table, TestContext.Current.CancellationToken));

    private static IEnumerable<(byte[] Table, Action<Stream> Read)> Tables()
    {
        yield return (Measured(0, 2), table => OverlapBlock.Read(table));
        yield return (
            StagedStitching.Written(table => MeasureStage.Run(
                new MaskStacks(Small), new LayerRange(2, 3), new RowRange(1, 2), new StitchOptions { Profile = StitchProfile.Paper }, table, TestContext.Current.CancellationToken)),
            table => OverlapBlock.Read(table));
        var robust = new StitchOptions { Profile = StitchProfile.Robust };
        byte[] evidence = StagedStitching.Written(table => MeasureStage.Run(
            new MaskStacks(Small, Small, Small), new LayerRange(0, 4), RowRange.All(Small.Shape), robust, table, TestContext.Current.CancellationToken));
        yield return (evidence, table => EvidenceBlock.Read(table));
        TraceOutcome numbered = TraceStage.Run(
            new LayerRange(0, 4), StagedStitching.Streams([evidence]), [], null, robust, TestContext.Current.CancellationToken);
        yield return (numbered.State.ToArray(), table => EvidenceChain.Read(table));
        yield return (numbered.Cells.ToArray(), table => TracedCells.Read([table]));
        TraceOutcome traced = Traced();
        byte[] cells = traced.Cells.ToArray();
        yield return (traced.State.ToArray(), table => TraceState.Read(table));
        yield return (cells, table => TracedCells.Read([table]));
        var options = new StitchOptions { Profile = StitchProfile.Paper, MinimumVolume = 0 };
        byte[] census = CorrectStage.Run(StagedStitching.Streams([cells]), new MemoryStream(traced.State.ToArray()), [], null, options).Census.ToArray();
        yield return (census, table => CellCensus.Read(table));
        byte[] survey = Surveyed([cells], census, new LayerRange(0, 4));
        yield return (survey, table => SurveyTable.Read([table], Small.Shape));
        CorrectOutcome final = CorrectStage.Run(
            StagedStitching.Streams([cells]), new MemoryStream(traced.State.ToArray()), StagedStitching.Streams([survey]), new MemoryStream(census), options);
        yield return (final.Labels.ToArray(), table => FinalCells.Read(table));
        byte[] written = StagedStitching.Written(table => WriteStage.Run(
            Small,
            new LayerRange(0, 4),
            StagedStitching.Streams([cells]),
            new MemoryStream(final.Labels.ToArray()),
            options,
            (_, _) => { },
            table,
            slices: null,
            TestContext.Current.CancellationToken));
        yield return (written, table => WrittenLayers.Read([table]));
    }

    private static StitchedFiles AssertEqualsStitcher(MaskStacks stacks, StitchOptions options, Cuts cuts, Random order)
    {
        var expected = StitchedFiles.ByStitcher(stacks, options);
        StitchedFiles staged = StagedStitching.Stitch(stacks, options, cuts, order);
        Assert.Equal(expected.Summary with { Dropped = [], Confidences = [] }, staged.Summary with { Dropped = [], Confidences = [] });
        Assert.Equal(expected.Summary.Dropped, staged.Summary.Dropped);
        Assert.Equal(expected.Summary.Confidences, staged.Summary.Confidences);
        Assert.Equal(expected.Tiff, staged.Tiff);
        Assert.Equal(expected.Cells, staged.Cells);
        return staged;
    }
}
