namespace CellStitch.Core.Synthesis;

/// <summary>Slices a segmenter did not tell apart from a neighbour: both become one object and the wall between them is filled.</summary>
internal static class MergedSlices
{
    /// <summary>A run of background pixels between two objects.</summary>
    private readonly record struct Gap(int Start, int Step, int Length);

    /// <summary>Fuses slices of a plane; returns how many have a neighbour in reach and how many of these took one.</summary>
    public static (int Mergeable, int Merged) Apply(PlaneObjects objects, ErrorCourse course, int plane)
    {
        if (!course.IsPossible)
        {
            return (0, 0);
        }

        var neighbours = new HashSet<int>?[objects.Count];
        SweepGaps(objects, (a, b, _) =>
        {
            (neighbours[a] ??= []).Add(b);
            (neighbours[b] ??= []).Add(a);
        });

        var fused = new HashSet<(int, int)>();
        int merged = 0;
        for (int o = 1; o < neighbours.Length; o++)
        {
            if (neighbours[o] is { } near && course.Holds(objects.CellOf(o), plane, out ulong episode))
            {
                // The neighbour with the smallest hash: the same one in all planes in which it is a neighbour.
                int partner = near.MinBy(other => (CounterRandom.Mix(episode, objects.CellOf(other)), other));
                fused.Add(Ordered(o, partner));
                merged++;
            }
        }

        FillGaps(objects, fused);
        Unite(objects, fused);
        return (neighbours.Count(near => near is not null), merged);
    }

    private static (int, int) Ordered(int a, int b) => (Math.Min(a, b), Math.Max(a, b));

    private static void FillGaps(PlaneObjects objects, HashSet<(int, int)> fused)
    {
        SweepGaps(objects, (a, b, gap) =>
        {
            if (gap.Length > 0 && fused.Contains(Ordered(a, b)))
            {
                for (int i = 0; i < gap.Length; i++)
                {
                    objects.Pixels[gap.Start + (i * gap.Step)] = a;
                }
            }
        });
    }

    private static void Unite(PlaneObjects objects, HashSet<(int, int)> fused)
    {
        int[] target = [.. Enumerable.Range(0, objects.Count)];
        int Root(int o)
        {
            while (target[o] != o)
            {
                o = target[o];
            }

            return o;
        }

        foreach ((int a, int b) in fused)
        {
            // The smaller root stays: a group ends as its smallest member in whatever order its pairs come.
            (int small, int large) = Ordered(Root(a), Root(b));
            target[large] = small;
            objects.MarkFused(a);
            objects.MarkFused(b);
        }

        for (int o = 0; o < target.Length; o++)
        {
            target[o] = Root(o);
        }

        objects.Replace(target);
    }

    /// <summary>Calls back for every two objects that follow each other in a row or column with at most the reach of background between them.</summary>
    private static void SweepGaps(PlaneObjects objects, Action<int, int, Gap> found)
    {
        (int rows, int columns, double rowStep, _, _) = objects.Geometry;
        for (int row = 0; row < rows; row++)
        {
            SweepLine(objects, row * columns, 1, columns, NoiseRates.MergeReachPx, found);
        }

        // Reach is a distance: where rows are layers, few of them lie within it.
        int reach = (int)(NoiseRates.MergeReachPx / rowStep);
        for (int column = 0; column < columns; column++)
        {
            SweepLine(objects, column, columns, rows, reach, found);
        }
    }

    private static void SweepLine(PlaneObjects objects, int start, int step, int length, int reach, Action<int, int, Gap> found)
    {
        int last = 0;
        int lastIndex = -1;
        for (int i = 0; i < length; i++)
        {
            int o = objects.Pixels[start + (i * step)];
            if (o == 0)
            {
                continue;
            }

            int gap = i - lastIndex - 1;
            if (last != 0 && last != o && gap <= reach)
            {
                found(last, o, new Gap(start + ((lastIndex + 1) * step), step, gap));
            }

            (last, lastIndex) = (o, i);
        }
    }
}
