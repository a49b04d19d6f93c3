using CellStitch.Core.Evaluation;
using CellStitch.Core.Synthesis;
using CellStitch.Core.Volumes;
using CellStitch.Segmentation.Classic;
using CellStitch.Segmentation.Images;
using CellStitch.Segmentation.Stacks;

namespace CellStitch.Segmentation.Tests.Systems;

/// <summary>Stacks whose right segmentation is known.</summary>
internal static class KnownVolume
{
    /// <summary>A setup for intensities that are normalised already.</summary>
    public static SegmentationSetup Setup(SegmentationMethod method, double diameter, double anisotropy = 1, BrightPart part = BrightPart.Nuclei) =>
        new(method, diameter, anisotropy, Contrast: 1, new IntensityRange(0, 1), part, Threshold: 0.5, Warnings: []);

    /// <summary>A stack of one number per voxel.</summary>
    public static IntensityVolume Of(VolumeShape shape, Func<int, int, int, double> intensity)
    {
        var volume = new IntensityVolume(shape, new float[shape.Voxels]);
        for (int i = 0; i < volume.Voxels.Length; i++)
        {
            volume.Voxels[i] = (float)intensity(i / shape.LayerPixels, i / shape.Width % shape.Height, i % shape.Width);
        }

        return volume;
    }

    /// <summary>Packed cells that fill the volume.</summary>
    public static LabelVolume Tissue(VolumeShape shape, int cells, double anisotropy) => LabelVolume.From(
        new CellTruth(new SynthOptions { Family = CellFamily.Dense, Shape = shape, Cells = cells, Anisotropy = anisotropy, Seed = 5 }));

    /// <summary>Walls of packed cells: 1 at every voxel with a neighbour (also diagonal) of another cell, else 0.</summary>
    public static IntensityVolume Walls(LabelVolume cells)
    {
        VolumeShape shape = cells.Shape;
        return Of(shape, (z, y, x) => Around(z, y, x).Any(label => label != cells[z, y, x]) ? 1 : 0);

        IEnumerable<uint> Around(int z, int y, int x)
        {
            for (int i = 0; i < 27; i++)
            {
                (int atZ, int atY, int atX) = (z + (i / 9) - 1, y + (i / 3 % 3) - 1, x + (i % 3) - 1);
                if (atZ >= 0 && atY >= 0 && atX >= 0 && atZ < shape.Depth && atY < shape.Height && atX < shape.Width)
                {
                    yield return cells[atZ, atY, atX];
                }
            }
        }
    }

    /// <summary>AP at an IoU of 0.5.</summary>
    public static double AveragePrecision(LabelVolume truth, LabelVolume cells) =>
        SegmentationScores.Of(InstanceOverlap.Measure(truth, cells, cancellation: TestContext.Current.CancellationToken)).AveragePrecisionAt50;

    /// <summary>The same stack with noise, equal on every run.</summary>
    public static IntensityVolume Noisy(IntensityVolume volume, double amount)
    {
        var random = new Random(11);
        float[] voxels = [.. volume.Voxels.ToArray().Select(value => value + (float)(amount * (random.NextDouble() - 0.5)))];
        return new IntensityVolume(volume.Shape, voxels);
    }
}
