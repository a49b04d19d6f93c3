using CellStitch.Core.Volumes;

namespace CellStitch.Core.Tests.Baselines;

/// <summary>The rule of IouStitching over sets of pixels, slow and without tables.</summary>
internal static class PlainIouStitching
{
    public static LabelVolume Stitch(LabelVolume masks, decimal threshold)
    {
        var result = new LabelVolume(masks.Shape);
        uint cells = 0;
        for (int z = 0; z < masks.Shape.Depth; z++)
        {
            List<HashSet<int>> above = z == 0 ? [] : Slices(masks.Layer(z - 1));
            List<HashSet<int>> slices = Slices(masks.Layer(z));
            var taken = new HashSet<HashSet<int>>();
            foreach (HashSet<int> y in slices)
            {
                HashSet<int>? x = above
                    .Where(x => IoU(x, y) > 0 && IoU(x, y) >= threshold && slices.All(other => IoU(x, other) <= IoU(x, y)))
                    .OrderByDescending(x => IoU(x, y)).ThenBy(x => x.Min())
                    .FirstOrDefault();
                uint label = x is not null && taken.Add(x) ? result.Layer(z - 1)[x.Min()] : ++cells;
                foreach (int pixel in y)
                {
                    result.Layer(z)[pixel] = label;
                }
            }
        }

        return result;
    }

    private static List<HashSet<int>> Slices(Span<uint> layer)
    {
        var slices = new Dictionary<uint, HashSet<int>>();
        for (int pixel = 0; pixel < layer.Length; pixel++)
        {
            if (layer[pixel] != 0)
            {
                slices.TryAdd(layer[pixel], []);
                slices[layer[pixel]].Add(pixel);
            }
        }

        return [.. slices.Values.OrderBy(slice => slice.Min())];
    }

    // 28 digits tell apart all fractions of so few pixels.
    private static decimal IoU(HashSet<int> x, HashSet<int> y) => (decimal)x.Intersect(y).Count() / x.Union(y).Count();
}
