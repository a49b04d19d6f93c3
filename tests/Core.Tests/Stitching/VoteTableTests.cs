using CellStitch.Core.Stitching;
using CellStitch.Core.Volumes;

namespace CellStitch.Core.Tests.Stitching;

public class VoteTableTests
{
    [Fact]
    public void PixelRuns_VotesAndEdges_EqualPlainMasks()
    {
        var random = new Random(11);
        uint[] labels = [0, 1, 2, uint.MaxValue];
        for (int trial = 0; trial < 200; trial++)
        {
            uint[] source = RandomLayers.Runs(random, 2, 70, labels);
            uint[] target = RandomLayers.Runs(random, 2, 70, labels);
            int at = random.Next(70);
            Assert.Equal(PixelRuns.VotesPlain(ref source[0], ref target[0], at, 64), PixelRuns.Votes(ref source[0], ref target[0], at, 64));
            Assert.Equal(PixelRuns.EdgesPlain(ref source[0], ref target[0], at, 64), PixelRuns.Edges(ref source[0], ref target[0], at, 64));
        }
    }

    [Fact]
    public void Measure_RandomStacks_EqualsCountingPixelByPixel()
    {
        var random = new Random(12);
        for (int trial = 0; trial < 40; trial++)
        {
            MaskStacks stacks = RandomStacks.Make(random, random.Next(1, 14), random.Next(1, 7), random.Next(1, 80), 5);
            LayerVotes[] measured = Measure(stacks, new LayerRange(0, stacks.Shape.Depth), RowRange.All(stacks.Shape), int.MaxValue);
            LabelVolume xy = LabelVolume.From(stacks.Xy);
            int[] filled = [.. Enumerable.Range(0, stacks.Shape.Depth).Where(z => xy.Layer(z).ContainsAnyExcept(0u))];
            foreach (LayerVotes votes in measured)
            {
                int place = Array.IndexOf(filled, votes.Layer);
                Assert.Equal(PlainVotes.Slices(stacks, votes.Layer), votes.Slices);
                Assert.Equal(PlainVotes.Neighbours(stacks, votes.Layer), votes.Neighbours);
                for (int d = 0; d < 4; d++)
                {
                    int source = place - (1 << d);
                    Assert.Equal(source >= 0 ? filled[source] : -1, votes.Sources[d]);
                    Assert.Equal(source >= 0 ? PlainVotes.Overlaps(stacks, filled[source], votes.Layer) : [], votes.Overlaps[d]);
                }
            }
        }
    }

    [Fact]
    public void Measure_AnyCutIntoBlocks_AddsUpToTheWhole()
    {
        var random = new Random(13);
        for (int trial = 0; trial < 40; trial++)
        {
            MaskStacks stacks = RandomStacks.Make(random, random.Next(1, 24), random.Next(1, 12), random.Next(1, 20), 4);
            VolumeShape shape = stacks.Shape;
            LayerVotes[] whole = Measure(stacks, new LayerRange(0, shape.Depth), RowRange.All(shape), int.MaxValue);
            var sums = new LayerVotes?[shape.Depth];
            foreach ((int first, int end) in Cuts.Of(shape.Depth, random.Next(1, shape.Depth + 1)))
            {
                foreach ((int firstRow, int endRow) in Cuts.Of(shape.Height, random.Next(1, shape.Height + 1)))
                {
                    foreach (LayerVotes votes in Measure(stacks, new LayerRange(first, end), new RowRange(firstRow, endRow), random.Next(2) * int.MaxValue))
                    {
                        sums[votes.Layer] = sums[votes.Layer]?.Plus(votes) ?? votes;
                    }
                }
            }

            for (int z = 0; z < whole.Length; z++)
            {
                LayerVotes sum = sums[z]!;
                Assert.Equal(whole[z].Sources, sum.Sources);
                Assert.Equal(whole[z].Slices, sum.Slices);
                Assert.Equal(whole[z].Neighbours, sum.Neighbours);
                Assert.Equal(whole[z].Overlaps, sum.Overlaps);
            }
        }
    }

    private static LayerVotes[] Measure(MaskStacks stacks, LayerRange layers, RowRange rows, int largestKept)
    {
        var measured = new List<LayerVotes>();
        var options = new StitchOptions { Threads = 2, LargestKeptLayer = largestKept, Repair = false };
        EvidenceMeasurement.Measure(stacks, layers, rows, options, new LayerRuns(options, TestContext.Current.CancellationToken), measured.Add);
        return [.. measured];
    }

    // The definitions of docs/algorithm.md, pixel by pixel.
    private static class PlainVotes
    {
        public static SupportedSlice[] Slices(MaskStacks stacks, int z)
        {
            uint[] xy = Layer(stacks.Xy, z);
            uint[] xz = Layer(stacks.Xz!, z);
            uint[] yz = Layer(stacks.Yz!, z);
            return
            [
                .. Enumerable.Range(0, xy.Length).Where(i => xy[i] != 0).GroupBy(i => xy[i]).Select(pixels => new SupportedSlice(
                    pixels.Key, pixels.Count(), pixels.First(), pixels.Count(i => xz[i] != 0) + pixels.Count(i => yz[i] != 0))),
            ];
        }

        public static PairVotes[] Overlaps(MaskStacks stacks, int source, int target)
        {
            var votes = new List<(uint A, uint B, int Agree, int Reject)>();
            (uint[] s, uint[] t) = (Layer(stacks.Xy, source), Layer(stacks.Xy, target));
            for (int i = 0; i < s.Length; i++)
            {
                if (s[i] != 0 && t[i] != 0)
                {
                    int agree = 0;
                    int reject = 0;
                    foreach (ILayerSource projection in new[] { stacks.Xz!, stacks.Yz! })
                    {
                        (uint a, uint b) = (Layer(projection, source)[i], Layer(projection, target)[i]);
                        agree += a != 0 && a == b ? 1 : 0;
                        reject += a != 0 && b != 0 && a != b ? 1 : 0;
                    }

                    votes.Add((s[i], t[i], agree, reject));
                }
            }

            return Sum(votes);
        }

        public static PairVotes[] Neighbours(MaskStacks stacks, int z)
        {
            uint[] xy = Layer(stacks.Xy, z);
            (int height, int width) = (stacks.Shape.Height, stacks.Shape.Width);
            var votes = new List<(uint A, uint B, int Agree, int Reject)>();
            for (int y = 0; y < height; y++)
            {
                for (int x = 0; x < width; x++)
                {
                    Look(y, x, 0, 1, Layer(stacks.Xz!, z));
                    Look(y, x, 1, 0, Layer(stacks.Yz!, z));
                }
            }

            return Sum(votes);

            void Look(int y, int x, int dy, int dx, uint[] projection)
            {
                uint label = xy[(y * width) + x];
                for (int k = 1; label != 0 && k <= 3 && y + (k * dy) < height && x + (k * dx) < width; k++)
                {
                    int other = ((y + (k * dy)) * width) + x + (k * dx);
                    if (xy[other] == 0)
                    {
                        continue;
                    }

                    if (xy[other] != label)
                    {
                        (uint a, uint b) = (projection[(y * width) + x], projection[other]);
                        votes.Add((
                            Math.Min(label, xy[other]), Math.Max(label, xy[other]), a != 0 && a == b ? 1 : 0, a != 0 && b != 0 && a != b ? 1 : 0));
                    }

                    return;
                }
            }
        }

        private static PairVotes[] Sum(List<(uint A, uint B, int Agree, int Reject)> votes) =>
        [
            .. votes.GroupBy(vote => (vote.A, vote.B)).OrderBy(pair => pair.Key).Select(pair => new PairVotes(
                pair.Key.A, pair.Key.B, pair.Count(), pair.Sum(vote => vote.Agree), pair.Sum(vote => vote.Reject))),
        ];

        private static uint[] Layer(ILayerSource stack, int z)
        {
            var layer = new uint[stack.Shape.LayerPixels];
            stack.ReadLayer(z, layer);
            return layer;
        }
    }
}
