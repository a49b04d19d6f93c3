namespace CellStitch.Core.Synthesis;

/// <summary>Slices a segmenter did not see.</summary>
internal static class DroppedSlices
{
    /// <summary>Takes slices out of a plane; returns how many.</summary>
    public static int Apply(PlaneObjects objects, ErrorCourse course, int plane)
    {
        if (!course.IsPossible)
        {
            return 0;
        }

        int[] target = [.. Enumerable.Range(0, objects.Count).Select(o => o > 0 && course.Holds(objects.CellOf(o), plane, out _) ? 0 : o)];
        objects.Replace(target);
        return target.Count(o => o == 0) - 1;
    }
}
