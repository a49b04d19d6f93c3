using CellStitch.Core.Transport;

namespace CellStitch.Core.Tests.Transport;

/// <summary>Small random problems, each family an awkward shape for a solver.</summary>
public static class RandomTransport
{
    public static TheoryData<string> Families =>
    [
        "sparse", "dense", "background row and column", "massless bins", "equal costs", "equal masses and few costs", "free arcs",
        "no arcs", "one source", "one target", "all as dear as the hub", "free hub",
    ];

    public static TransportProblem Create(string family, int seed)
    {
        var random = new Random(seed);
        int sources = family == "one source" ? 1 : random.Next(1, 9);
        int targets = family == "one target" ? 1 : random.Next(1, 9);
        bool equalMasses = family == "equal masses and few costs";
        (long[] source, long[] target) = Masses(random, sources, targets, equalMasses, mayBeZero: family == "massless bins");
        double density = family switch { "no arcs" => 0, "dense" or "free arcs" or "equal masses and few costs" => 1, _ => 0.35 };
        int hubCost = family == "free hub" ? 0 : 100;
        var arcs = new List<TransportArc>();
        for (int x = 0; x < source.Length; x++)
        {
            for (int y = 0; y < target.Length; y++)
            {
                bool isBackground = family == "background row and column" && (x == 0 || y == 0);
                if (isBackground || random.NextDouble() < density)
                {
                    arcs.Add(new TransportArc(x, y, Cost(family, random, hubCost)));
                }
            }
        }

        return new TransportProblem(source, target, [.. arcs], hubCost);
    }

    /// <summary>The same problem with its sources and targets in another order.</summary>
    public static TransportProblem Permute(TransportProblem problem, int seed)
    {
        var random = new Random(seed);
        int[] sourceAt = Shuffled(random, problem.SourceMass.Length);
        int[] targetAt = Shuffled(random, problem.TargetMass.Length);
        var source = new long[sourceAt.Length];
        var target = new long[targetAt.Length];
        problem.SourceMass.ToArray().AsSpan().CopyTo(source);
        Array.Sort([.. sourceAt], source);
        problem.TargetMass.ToArray().AsSpan().CopyTo(target);
        Array.Sort([.. targetAt], target);
        TransportArc[] arcs =
        [
            .. problem.Arcs.ToArray()
                .Select(arc => new TransportArc(sourceAt[arc.Source], targetAt[arc.Target], arc.Cost))
                .OrderBy(arc => (arc.Source, arc.Target)),
        ];
        return new TransportProblem(source, target, arcs, problem.HubCost);
    }

    private static int[] Shuffled(Random random, int count)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        random.Shuffle(order);
        return order;
    }

    private static int Cost(string family, Random random, int hubCost) => family switch
    {
        "equal costs" => 40,
        "equal masses and few costs" => 10 * random.Next(1, 4),
        "free arcs" => random.Next(2) * random.Next(hubCost),
        "all as dear as the hub" or "free hub" => hubCost,
        _ => random.Next(hubCost + 1),
    };

    private static (long[] Source, long[] Target) Masses(Random random, int sources, int targets, bool equal, bool mayBeZero)
    {
        if (equal)
        {
            return ([.. Enumerable.Repeat(3L, sources)], [.. Enumerable.Repeat(3L, sources)]);
        }

        // The smaller side's rest goes to its first bin, which keeps the totals equal.
        long Mass(int bin) => mayBeZero && random.Next(2) == 0 ? 0 : random.Next(1, 7);
        long[] source = [.. Enumerable.Range(0, sources).Select(Mass)];
        long[] target = [.. Enumerable.Range(0, targets).Select(Mass)];
        long excess = source.Sum() - target.Sum();
        source[0] += Math.Max(0, -excess);
        target[0] += Math.Max(0, excess);
        return (source, target);
    }
}
