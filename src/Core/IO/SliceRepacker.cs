using CellStitch.Core.Volumes;

namespace CellStitch.Core.IO;

/// <summary>
/// Rewrites a stack stored slice by slice (a page per y or x) into a temporary tiled TIFF on (z, y, x) axes, which is then read like any
/// other and vanishes when it is closed.
/// </summary>
/// <remarks>
/// The stack is read in blocks of <see cref="TileSide"/> pages × as many rows as fit into <see cref="BlockBytes"/>, full width. Every block
/// fills whole tiles of the layers it touches. Memory is one block, its deflated tiles of one layer, and one open page, whatever the size of the stack;
/// a single row of a block that is larger than the bound (a width above 500,000) is still read whole.
/// </remarks>
public static class SliceRepacker
{
    /// <summary>Side of the square tiles, and pages read at a time: TIFF asks for a multiple of 16, and 64 × 64 pixels deflate well.</summary>
    internal const int TileSide = 64;

    /// <summary>Most bytes of a block.</summary>
    internal const int BlockBytes = 128 << 20;

    /// <summary>Rewrites a stack.</summary>
    /// <param name="slices">The stack as it is stored; it stays open.</param>
    /// <param name="order">Its axis order.</param>
    /// <param name="folder">Where the temporary file goes; the system's folder for temporary files when null.</param>
    /// <param name="threads">Threads that compress, at least 1.</param>
    /// <param name="cancellation">Stops between two blocks; the temporary file is then gone.</param>
    /// <returns>The same labels on (z, y, x) axes; disposing it deletes the file.</returns>
    /// <exception cref="InvalidMaskException">The stack cannot be read.</exception>
    public static ILayerSource Repack(
        ILayerSource slices, AxisOrder order, string? folder = null, int threads = 1, CancellationToken cancellation = default) =>
        Repack(slices, order, folder, threads, BlockBytes, cancellation);

    /// <summary>Rewrites a stack into a file that stays.</summary>
    /// <param name="slices">The stack as it is stored; it stays open.</param>
    /// <param name="order">Its axis order.</param>
    /// <param name="tiff">Receives the TIFF: an empty stream that can seek.</param>
    /// <param name="threads">Threads that compress, at least 1.</param>
    /// <param name="cancellation">Stops between two blocks.</param>
    /// <exception cref="InvalidMaskException">The stack cannot be read.</exception>
    public static void RepackTo(ILayerSource slices, AxisOrder order, Stream tiff, int threads, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        new Repacking(slices, order, tiff, threads, BlockBytes).Run(cancellation);
    }

    internal static ILayerSource Repack(
        ILayerSource slices, AxisOrder order, string? folder, int threads, int blockBytes, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        FileStream file = TemporaryFile.Create(folder);
        RepackedSource? repacked = null;
        try
        {
            new Repacking(slices, order, file, threads, blockBytes).Run(cancellation);
            return repacked = new RepackedSource(TiffReader.Open(file, slices.Name, TiffLimits.OwnFile), file, slices.Name, Turn(slices.VoxelSize, order));
        }
        finally
        {
            if (repacked is null)
            {
                file.Dispose();
            }
        }
    }

    /// <summary>A voxel size stated for pages, rows and columns, put on (z, y, x) axes.</summary>
    private static VoxelSize? Turn(VoxelSize? stated, AxisOrder order)
    {
        if (stated is not VoxelSize size)
        {
            return null;
        }

        (double page, double row, double column) = (size.ZUm, size.YUm, size.XUm);
        return order switch
        {
            AxisOrder.YZX => new VoxelSize(row, page, column),
            AxisOrder.YXZ => new VoxelSize(column, page, row),
            AxisOrder.XZY => new VoxelSize(row, column, page),
            AxisOrder.XYZ => new VoxelSize(column, row, page),
            _ => size,
        };
    }

    /// <summary>The reader of the temporary file, which goes with it.</summary>
    private sealed class RepackedSource(TiffReader reader, FileStream file, string name, VoxelSize? voxelSize) : ILayerSource
    {
        public string Name => name;

        public VolumeShape Shape => reader.Shape;

        public VoxelSize? VoxelSize => voxelSize;

        public IRowReader OpenRows(int z, int firstRow = 0) => reader.OpenRows(z, firstRow);

        public void Dispose()
        {
            reader.Dispose();
            file.Dispose();
        }
    }

    /// <summary>One run of the rewriting.</summary>
    private sealed class Repacking
    {
        private readonly ILayerSource _slices;
        private readonly AxisOrder _order;
        private readonly Stream _file;
        private readonly int _threads;
        private readonly int _blockRows;
        private readonly VolumeShape _volume;
        private readonly int _tilesAcross;
        private readonly TiffDirectories.PageChunks[] _layers;

        public Repacking(ILayerSource slices, AxisOrder order, Stream file, int threads, int blockBytes)
        {
            (_slices, _order, _file, _threads) = (slices, order, file, threads);
            _volume = order.VolumeShape(slices.Shape);
            _tilesAcross = Tiles(_volume.Width);
            int tiles = checked(_tilesAcross * Tiles(_volume.Height));
            _layers = new TiffDirectories.PageChunks[_volume.Depth];
            for (int z = 0; z < _layers.Length; z++)
            {
                _layers[z] = new TiffDirectories.PageChunks(new long[tiles], new int[tiles]);
            }

            long rowBytes = (long)Math.Min(TileSide, slices.Shape.Depth) * slices.Shape.Width * sizeof(uint);
            _blockRows = (int)Math.Min(slices.Shape.Height, Math.Max(1, blockBytes / rowBytes / TileSide) * TileSide);
        }

        public void Run(CancellationToken cancellation)
        {
            _file.Write(new byte[TiffDirectories.HeaderBytes]);
            VolumeShape stored = _slices.Shape;
            uint[] block = new uint[checked(Math.Min(TileSide, stored.Depth) * _blockRows * stored.Width)];
            for (int page = 0; page < stored.Depth; page += TileSide)
            {
                for (int row = 0; row < stored.Height; row += _blockRows)
                {
                    cancellation.ThrowIfCancellationRequested();
                    var extent = new VolumeShape(Math.Min(TileSide, stored.Depth - page), Math.Min(_blockRows, stored.Height - row), stored.Width);
                    Load(page, row, extent, block);
                    Store(new VolumeShape(page, row, 0), extent, block);
                }
            }

            var contents = new TiffContents(_volume, 32, VoxelSize: null);
            var directories = TiffDirectories.For(contents, _layers, TileSide, _file.Position, TiffDirectories.ClassicLimit);
            _file.Write(directories.Trailer.Span);
            _file.Position = 0;
            _file.Write(directories.Header.Span);
            _file.Flush();
        }

        private static int Tiles(int pixels) => ((pixels - 1) / TileSide) + 1;

        private void Load(int page, int row, VolumeShape extent, uint[] block)
        {
            for (int i = 0; i < extent.Depth; i++)
            {
                using IRowReader rows = _slices.OpenRows(page + i, row);
                rows.Read(block.AsSpan(i * extent.LayerPixels, extent.LayerPixels));
            }
        }

        /// <summary>Writes the tiles a block fills, layer by layer.</summary>
        private void Store(VolumeShape origin, VolumeShape extent, uint[] block)
        {
            // Shapes serve as (page, row, column) triples here; the order turns each into (z, y, x).
            VolumeShape from = _order.VolumeShape(origin);
            VolumeShape size = _order.VolumeShape(extent);
            VolumeShape step = _order.VolumeShape(new VolumeShape(extent.LayerPixels, extent.Width, 1));
            int across = Tiles(size.Width);
            int count = across * Tiles(size.Height);
            byte[][] tiles = new byte[count][];
            for (int z = 0; z < size.Depth; z++)
            {
                Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = _threads }, tile =>
                    tiles[tile] = Tile(block, z * step.Depth, tile / across * TileSide, tile % across * TileSide, size, step));
                TiffDirectories.PageChunks layer = _layers[from.Depth + z];
                for (int tile = 0; tile < count; tile++)
                {
                    int place = (((from.Height / TileSide) + (tile / across)) * _tilesAcross) + (from.Width / TileSide) + (tile % across);
                    layer.Offsets[place] = _file.Position;
                    layer.Lengths[place] = tiles[tile].Length;
                    _file.Write(tiles[tile]);
                }
            }
        }

        private static byte[] Tile(uint[] block, int start, int top, int left, VolumeShape size, VolumeShape step)
        {
            uint[] labels = new uint[TileSide * TileSide];
            int height = Math.Min(TileSide, size.Height - top);
            int width = Math.Min(TileSide, size.Width - left);
            for (int y = 0; y < height; y++)
            {
                int at = start + ((top + y) * step.Height) + (left * step.Width);
                for (int x = 0; x < width; x++)
                {
                    labels[(y * TileSide) + x] = block[at];
                    at += step.Width;
                }
            }

            byte[] samples = new byte[labels.Length * sizeof(uint)];
            LabelPixels.Narrow(labels, samples, 32);
            return EncodedPage.Compress(samples, EncodedPage.FastDeflate);
        }
    }
}
