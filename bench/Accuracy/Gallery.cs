using CellStitch.Core.Volumes;

namespace CellStitch.Accuracy;

/// <summary>The worst cells of the default method on one case.</summary>
/// <param name="Title">Which case.</param>
/// <param name="File">Name of the picture.</param>
/// <param name="Cells">The cells, worst first.</param>
/// <param name="Png">The picture.</param>
internal sealed record Gallery(string Title, string File, IReadOnlyList<WorstCell> Cells, byte[] Png)
{
    private const int ShownCells = 10;

    private static readonly (CaseGroup Group, string Volume, string Level)[] Shown =
    [
        (CaseGroup.Synthetic, "dense_nowall_a4", "heavy"),
        (CaseGroup.Net, "gland_20171204_3a_z1", "net"),
        (CaseGroup.Absent, "tissue_a8", "absent"),
    ];

    public static bool Shows(AccuracyCase item) => Shown.Contains((item.Group, item.Volume, item.Level));

    public static Gallery Of(AccuracyCase item, LabelVolume result, PerfectLinking perfect)
    {
        IReadOnlyList<WorstCell> cells = WorstCell.Of(item, result, perfect, ShownCells);
        string group = item.Group.ToString().ToLowerInvariant();
        return new Gallery($"{group}: {item.Volume}, {item.Level}", $"failures-{group}.png", cells, GalleryPicture.Draw(item, result, cells));
    }
}
