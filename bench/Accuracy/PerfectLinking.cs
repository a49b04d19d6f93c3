using CellStitch.Core.Volumes;

namespace CellStitch.Accuracy;

/// <summary>
/// The ceiling of any linking that does not repair slices: every slice given to the true cell it overlaps most, slices that are mostly over background dropped.
/// </summary>
/// <param name="Labels">The result, labelled as the truth.</param>
/// <param name="Slices">Slices of the XY masks.</param>
/// <param name="False">Of these: mostly over background.</param>
/// <param name="Impure">Of these: not false, and less than 70 % in one true cell.</param>
internal sealed record PerfectLinking(LabelVolume Labels, int Slices, int False, int Impure)
{
    public static PerfectLinking Of(LabelVolume truth, LabelVolume xy)
    {
        var labels = new LabelVolume(truth.Shape);
        (int slices, int over, int impure) = (0, 0, 0);
        for (int z = 0; z < truth.Shape.Depth; z++)
        {
            (uint[] mask, uint[] cells) = (xy.Layer(z).ToArray(), truth.Layer(z).ToArray());
            var cellOf = new Dictionary<uint, uint> { [0] = 0 };
            foreach (IGrouping<uint, uint> slice in mask.Zip(cells).Where(pixel => pixel.First != 0).GroupBy(pixel => pixel.First, pixel => pixel.Second))
            {
                (uint Cell, int Pixels)[] shares = [.. slice.GroupBy(cell => cell).Select(cell => (cell.Key, cell.Count())).OrderByDescending(share => share.Item2).ThenBy(share => share.Key)];
                int pixels = slice.Count();
                bool isFalse = 2 * shares.Where(share => share.Cell == 0).Sum(share => share.Pixels) > pixels;
                (uint cell, int most) = shares.FirstOrDefault(share => share.Cell != 0);
                slices++;
                over += isFalse ? 1 : 0;
                impure += !isFalse && 10 * most < 7 * pixels ? 1 : 0;
                cellOf[slice.Key] = isFalse ? 0 : cell;
            }

            Span<uint> layer = labels.Layer(z);
            for (int i = 0; i < layer.Length; i++)
            {
                layer[i] = cellOf[mask[i]];
            }
        }

        return new PerfectLinking(labels, slices, over, impure);
    }
}
