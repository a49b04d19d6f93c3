using System.Globalization;
using CellStitch.Core.Baselines;
using CellStitch.Core.IO;
using CellStitch.Core.Volumes;

namespace CellStitch.Cli.Tests;

public sealed class StitchIouCommandTests(SmallVolume volume) : IDisposable
{
    private readonly Scratch _scratch = new();

    [Theory]
    [InlineData("0.25")]
    [InlineData("0.7")]
    public void StitchIou_Threshold_EqualsCore(string iou)
    {
        Run run = Run.Done("stitch-iou", volume.Xy, "-o", _scratch["labels.tif"], "--iou", iou);

        using var bytes = new MemoryStream();
        using var writer = new TiffWriter(bytes);
        IouStitchingSummary summary = IouStitching.Stitch(
            Scratch.Read(volume.Xy), writer, decimal.Parse(iou, CultureInfo.InvariantCulture), cancellation: TestContext.Current.CancellationToken);
        Assert.Contains($"{summary.Cells} cells", run.Output);
        Assert.Equal(LabelVolume.From(TiffReader.Open(bytes, "core")).Voxels.ToArray(), Scratch.Labels(_scratch["labels.tif"]));
    }

    public void Dispose() => _scratch.Dispose();
}
