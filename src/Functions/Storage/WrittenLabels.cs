using CellStitch.Core.IO;
using CellStitch.Core.Volumes;
using CellStitch.Functions.Jobs;

namespace CellStitch.Functions.Storage;

/// <summary>The label volume of a run before it is published: the files of its parts, each opened when one of its layers is read. For one thread.</summary>
/// <param name="work">Where they lie.</param>
/// <param name="plan">The plan of the run.</param>
/// <param name="cancellation">Ends every read.</param>
internal sealed class WrittenLabels(BlobWork work, JobPlan plan, CancellationToken cancellation) : ILayerSource
{
    private readonly BlockPlan _blocks = new(plan.Shape, plan.BlockLayers, plan.BlockRows);
    private readonly Dictionary<int, (BlobRangeStream Stream, TiffReader Reader)> _open = [];

    public string Name => ResultFile.Labels;

    public VolumeShape Shape => plan.Shape;

    public VoxelSize? VoxelSize => plan.VoxelSize;

    public IRowReader OpenRows(int z, int firstRow = 0)
    {
        int part = z / plan.BlockLayers;
        if (!_open.TryGetValue(part, out (BlobRangeStream Stream, TiffReader Reader) file))
        {
            var stream = BlobRangeStream.Open(work.Blob(WorkName.Layers(part)), Name, cancellation);
            file = (stream, TiffReader.Open(stream, Name, TiffLimits.OwnFile));
            _open.Add(part, file);
        }

        return file.Reader.OpenRows(z - _blocks.LayersOf(part).First, firstRow);
    }

    public void Dispose()
    {
        foreach ((BlobRangeStream stream, TiffReader reader) in _open.Values)
        {
            reader.Dispose();
            stream.Dispose();
        }
    }
}
