using CellStitch.Core.Evaluation;
using CellStitch.Core.Synthesis;
using CellStitch.Core.Volumes;
using CellStitch.Segmentation.Classic;
using CellStitch.Segmentation.Flows;
using CellStitch.Segmentation.Images;
using CellStitch.Segmentation.Stacks;
using CellStitch.Segmentation.Systems;

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

    /// <summary>Walls of packed cells: 1 at every voxel with a neighbour (also diagonal) of another cell, else 0. Two voxels thick.</summary>
    public static IntensityVolume Walls(LabelVolume cells) => Walls(cells, Enumerable.Range(0, 27).Select(i => ((i / 9) - 1, (i / 3 % 3) - 1, (i % 3) - 1)));

    /// <summary>The same with a single voxel: only those whose next voxel along an axis is of another cell.</summary>
    public static IntensityVolume ThinWalls(LabelVolume cells) => Walls(cells, [(1, 0, 0), (0, 1, 0), (0, 0, 1)]);

    private static IntensityVolume Walls(LabelVolume cells, IEnumerable<(int Z, int Y, int X)> around) => Of(cells.Shape, (z, y, x) => around.Any(step =>
    {
        (int atZ, int atY, int atX) = (z + step.Z, y + step.Y, x + step.X);
        return atZ >= 0 && atY >= 0 && atX >= 0 && atZ < cells.Shape.Depth && atY < cells.Shape.Height && atX < cells.Shape.Width && cells[atZ, atY, atX] != cells[z, y, x];
    }) ? 1 : 0);

    /// <summary>Unit flows to the nearest centre, times the scale of the network; the cell logit is 3 inside the balls and −3 outside.</summary>
    /// <param name="truth">Receives the balls, numbered by first voxel.</param>
    /// <param name="centres">Centres in pixels.</param>
    /// <param name="anisotropy">Distance of layers in pixels.</param>
    /// <param name="radius">Radius of the balls in pixels.</param>
    public static VolumeFlows Flows(LabelVolume truth, (double Z, double Y, double X)[] centres, double anisotropy, double radius)
    {
        var flows = new VolumeFlows(truth.Shape);
        for (int i = 0; i < truth.Voxels.Length; i++)
        {
            (double z, double y, double x) = (i / truth.Shape.LayerPixels * anisotropy, i / truth.Shape.Width % truth.Shape.Height, i % truth.Shape.Width);
            (double Z, double Y, double X) centre = centres.MinBy(c => Length(c.Z - z, c.Y - y, c.X - x));
            double length = Length(centre.Z - z, centre.Y - y, centre.X - x);
            bool inside = length <= radius;
            truth.Voxels[i] = inside ? (uint)Array.IndexOf(centres, centre) + 1 : 0;
            flows.CellLogit[i] = inside ? 3 : -3;
            double scale = FlowField.Scale / Math.Max(length, 1);
            (flows.Z[i], flows.Y[i], flows.X[i]) = ((float)(scale * (centre.Z - z) / anisotropy), (float)(scale * (centre.Y - y)), (float)(scale * (centre.X - x)));
        }

        LabelVolume numbered = InMemory.Number([.. truth.Voxels.ToArray().Select(label => (int)label)], Of(truth.Shape, (_, _, _) => 0));
        numbered.Voxels.CopyTo(truth.Voxels);
        return flows;

        static double Length(double a, double b, double c) => Math.Sqrt((a * a) + (b * b) + (c * c));
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
