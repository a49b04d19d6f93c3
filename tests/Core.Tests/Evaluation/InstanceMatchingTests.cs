using CellStitch.Core.Evaluation;
using CellStitch.Core.Volumes;
using static CellStitch.Core.Tests.Evaluation.RandomVolumes;

namespace CellStitch.Core.Tests.Evaluation;

public sealed class InstanceMatchingTests
{
    [Theory]
    // IoU 1/2 and 11/20: exactly at the threshold, ≥ counts it and > does not.
    [InlineData("1 1", "1 .", "0.5", 1, 0)]
    [InlineData("1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", "1 1 1 1 1 1 1 1 1 1 1 . . . . . . . . .", "0.55", 1, 0)]
    // 7/10 is below 0.7 as a binary fraction: 0.7 · 10 must not round.
    [InlineData("1 1 1 1 1 1 1 1 1 1", "1 1 1 1 1 1 1 . . .", "0.7", 1, 0)]
    [InlineData("1 1 1 1 1 1 1 1 1 1", "1 1 1 1 1 1 1 . . .", "0.700000001", 0, 0)]
    // A cell of two equal halves: two pairs with IoU 1/2, one match.
    [InlineData("1 1 1 1", "1 1 2 2", "0.5", 1, 0)]
    // IoU 1 passes every threshold but > 1.
    [InlineData("1 1", "3 3", "1", 1, 0)]
    public void At_PairsAtTheThreshold_CountUnlessStrict(string truth, string predicted, string threshold, int matched, int strictlyMatched)
    {
        InstanceOverlap overlap = Overlap(truth, predicted);
        Assert.Equal(matched, InstanceMatching.At(overlap, decimal.Parse(threshold)).Pairs.Count);
        Assert.Equal(strictlyMatched, InstanceMatching.At(overlap, decimal.Parse(threshold), strict: true).Pairs.Count);
    }

    [Fact]
    public void At_BestPairBlocksTwo_TakesTheTwo()
    {
        // IoU: 1–1 2/6, 1–2 3/6, 2–2 2/6. Taking the best pair first would leave only that.
        InstanceOverlap overlap = Overlap("1 1 1 1 1 2 2 2", "1 1 2 2 2 2 2 .");
        Assert.Equal([(1u, 1u), (2u, 2u)], Labels(overlap, InstanceMatching.At(overlap, 0.25m)));
    }

    [Fact]
    public void At_SeveralLargestMatchings_TakesTheLargestSumOfIoU()
    {
        // Cell 1 has 2 of 7 voxels in cell 8 and 3 of 7 in cell 4.
        InstanceOverlap overlap = Overlap("1 1 1 1 1 1 1", "8 8 4 4 4 . .");
        Assert.Equal([(1u, 4u)], Labels(overlap, InstanceMatching.At(overlap, 0.25m)));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("1.01")]
    [InlineData("0.1234567891")]
    public void At_ImpossibleThreshold_IsRefused(string threshold)
    {
        InstanceOverlap overlap = Overlap("1", "1");
        Assert.Throws<ArgumentOutOfRangeException>(() => InstanceMatching.At(overlap, decimal.Parse(threshold)));
    }

    [Fact]
    public void At_RandomVolumes_EqualsTryingAllMatchings()
    {
        int contested = 0;
        for (int seed = 0; seed < 300; seed++)
        {
            var shape = new VolumeShape(1, 3, 5);
            InstanceOverlap overlap = Overlap(Noise(seed, shape, 3), Noise(seed + 1000, shape, 4));
            foreach (decimal threshold in new[] { 0.01m, 0.1m, 0.2m, 0.25m, 0.5m })
            {
                (int Count, decimal IoU) expected = Best(overlap, threshold, 0, []);
                IReadOnlyList<InstancePair> pairs = InstanceMatching.At(overlap, threshold).Pairs;
                Assert.Equal(pairs.Count, pairs.Select(pair => pair.Truth).Distinct().Count());
                Assert.Equal(pairs.Count, pairs.Select(pair => pair.Predicted).Distinct().Count());
                Assert.Equal(expected.Count, pairs.Count);
                Assert.Equal((double)expected.IoU, (double)pairs.Sum(pair => IoU(overlap, pair)), 1e-7);
                contested += expected.Count > 1 ? 1 : 0;
            }
        }

        Assert.True(contested > 300, $"only {contested} instances have more than one pair");
    }

    // Every true cell in turn is left alone or takes any free partner.
    private static (int Count, decimal IoU) Best(InstanceOverlap overlap, decimal threshold, int truth, HashSet<int> taken)
    {
        if (truth == overlap.Truth.Length)
        {
            return default;
        }

        (int Count, decimal IoU) best = Best(overlap, threshold, truth + 1, taken);
        foreach (InstancePair pair in overlap.Pairs)
        {
            if (pair.Truth == truth && IoU(overlap, pair) >= threshold && taken.Add(pair.Predicted))
            {
                (int count, decimal iou) = Best(overlap, threshold, truth + 1, taken);
                (int Count, decimal IoU) with = (count + 1, iou + IoU(overlap, pair));
                best = with.CompareTo(best) > 0 ? with : best;
                taken.Remove(pair.Predicted);
            }
        }

        return best;
    }

    private static decimal IoU(InstanceOverlap overlap, InstancePair pair) => (decimal)pair.Voxels / overlap.Union(pair);

    private static List<(uint Truth, uint Predicted)> Labels(InstanceOverlap overlap, InstanceMatching matching)
    {
        return [.. matching.Pairs.Select(pair => (overlap.Truth[pair.Truth].Label, overlap.Predicted[pair.Predicted].Label))];
    }
}
