using CellStitch.Core.IO;
using CellStitch.Core.Stitching;
using CellStitch.Core.Volumes;
using CellStitch.Functions.Jobs;

namespace CellStitch.Cli.Jobs;

/// <summary>What the headers of a job's files say, before anything is sent.</summary>
/// <param name="Shape">The volume.</param>
/// <param name="Votes">There are projections.</param>
/// <param name="RowStep">Rows at which all files can be cut.</param>
/// <param name="Bytes">Size of all files.</param>
/// <param name="Notes">What the user should know.</param>
internal sealed record HeaderCheck(VolumeShape Shape, bool Votes, int RowStep, long Bytes, IReadOnlyList<string> Notes)
{
    /// <summary>Voxel size, if known.</summary>
    public VoxelSize? VoxelSize { get; init; }

    /// <summary>The masks are yet to be made, from a raw stack.</summary>
    public bool IsRaw { get; init; }

    /// <summary>Reads the headers.</summary>
    /// <exception cref="InvalidMaskException">The job cannot be processed; the sentence is that of <c>cellstitch info</c> and of error.json.</exception>
    public static HeaderCheck Of(Submission submission)
    {
        if (!submission.Stacks.TryGetValue(DropFile.Xy, out string? path))
        {
            return submission.Stacks.TryGetValue(DropFile.Raw, out string? raw)
                ? OfRaw(submission, raw)
                : throw new InvalidMaskException(MaskFault.MissingFile, DropFile.Xy, null, "is missing; a job needs XY masks or a raw stack.");
        }

        using TiffReader xy = TiffReader.Open(path);
        VolumeShape shape = xy.Shape;
        var notes = new List<string>(NotesOf(xy));
        int rowStep = xy.Info.RowStep;
        bool xz = Project(DropFile.Xz, submission.Options.Axes?.Xz, Projection.Xz);
        bool yz = Project(DropFile.Yz, submission.Options.Axes?.Yz, Projection.Yz);
        if (xz != yz)
        {
            string missing = xz ? DropFile.Yz : DropFile.Xz;
            throw new InvalidMaskException(MaskFault.MissingFile, missing, null, "is missing; give both projections or none.");
        }

        if (!xz)
        {
            notes.Add(MaskWarnings.NoVotes);
        }

        VoxelSize? voxelSize = submission.Options.VoxelSize ?? xy.VoxelSize;
        if (voxelSize is null)
        {
            notes.Add(MaskWarnings.NoVoxelSize(xy.Name));
        }

        if (submission.Stacks.TryGetValue(DropFile.Truth, out string? truePath))
        {
            using TiffReader truth = TiffReader.Open(truePath);
            AxisOrders.Check(truth, shape, AxisOrder.ZYX);
            notes.AddRange(NotesOf(truth));
        }

        return new HeaderCheck(shape, xz, rowStep, submission.Stacks.Values.Sum(file => new FileInfo(file).Length), notes) { VoxelSize = voxelSize };

        bool Project(string name, AxisOrder? given, Projection projection)
        {
            if (!submission.Stacks.TryGetValue(name, out string? stack))
            {
                return false;
            }

            using TiffReader stored = TiffReader.Open(stack);
            AxisOrder order = given ?? AxisOrders.Recognise(stored, shape, projection);
            AxisOrders.Check(stored, shape, order);
            notes.AddRange(NotesOf(stored));
            rowStep = order == AxisOrder.ZYX ? Math.Max(rowStep, stored.Info.RowStep) : shape.Height;
            return true;
        }
    }

    private static HeaderCheck OfRaw(Submission submission, string path)
    {
        using RawReader raw = RawReader.Open(path, submission.Options.Channel);
        List<string> notes = [.. raw.Warnings.Select(warning => $"{raw.Name}: {warning}")];
        VoxelSize? voxelSize = submission.Options.VoxelSize ?? raw.VoxelSize;
        if (voxelSize is null)
        {
            notes.Add(MaskWarnings.NoVoxelSize(raw.Name));
        }

        if (submission.Stacks.TryGetValue(DropFile.Truth, out string? truePath))
        {
            using TiffReader truth = TiffReader.Open(truePath);
            AxisOrders.Check(truth, raw.Shape, AxisOrder.ZYX);
            notes.AddRange(NotesOf(truth));
        }

        bool hasDepth = raw.Shape.Depth > 1;
        return new HeaderCheck(raw.Shape, hasDepth, raw.Shape.Height, submission.Stacks.Values.Sum(file => new FileInfo(file).Length), notes) { VoxelSize = voxelSize, IsRaw = true };
    }

    private static IEnumerable<string> NotesOf(TiffReader file) => file.Info.Warnings.Select(warning => $"{file.Name}: {warning}");
}
