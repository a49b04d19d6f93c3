using System.Buffers;
using System.Runtime.InteropServices;
using CellStitch.Core.Volumes;

namespace CellStitch.Core.IO;

/// <summary>
/// One channel of a raw stack in a TIFF file, as intensities: the twin of <see cref="TiffReader"/> for pixels that are no labels. Directories are read
/// when it opens, pixels when they are asked for; several threads may read at once.
/// </summary>
/// <remarks>
/// Reads what <see cref="TiffReader"/> reads, and besides fractions, negative numbers, colour, and stacks of several channels: planes of their own (ImageJ's order, channels
/// before layers) or samples of a pixel.
/// </remarks>
public sealed class RawReader : IRawSource
{
    private readonly TiffFile _file;
    private readonly int _channel;

    private RawReader(TiffFile file, int? channel)
    {
        _file = file;
        InvalidMaskException? fault = Info.DecodingFault ?? ChannelFault(channel);
        if (fault is not null)
        {
            file.Dispose();
            throw fault;
        }

        _channel = (channel ?? 1) - 1;
    }

    /// <summary>What the file holds.</summary>
    public TiffInfo Info => _file.Info;

    /// <summary>Name for messages.</summary>
    public string Name => Info.Name;

    /// <summary>Shape (z, y, x) in voxels.</summary>
    public VolumeShape Shape => Info.Shape;

    /// <summary>Voxel size in µm; null where the file does not state it.</summary>
    public VoxelSize? VoxelSize => Info.VoxelSize;

    /// <summary>What the user should know of the file, a sentence each.</summary>
    public IReadOnlyList<string> Warnings => Info.Warnings;

    /// <summary>Opens a file.</summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="channel">Channel, from 1; may be null where there is only one.</param>
    /// <param name="limits">Ceilings; the defaults when null.</param>
    /// <exception cref="InvalidMaskException">The file is missing, is no sound TIFF, is a time series, or has other channels.</exception>
    public static RawReader Open(string path, int? channel = null, TiffLimits? limits = null) =>
        new(TiffFile.Open(path, limits ?? TiffLimits.Default), channel);

    /// <summary>Opens a stream, which stays open.</summary>
    /// <param name="seekable">The bytes of the file; nobody else may use it meanwhile.</param>
    /// <param name="name">Name for messages.</param>
    /// <param name="channel">Channel, from 1; may be null where there is only one.</param>
    /// <param name="limits">Ceilings; the defaults when null.</param>
    /// <exception cref="InvalidMaskException">The bytes are no sound TIFF, are a time series, or have other channels.</exception>
    public static RawReader Open(Stream seekable, string name, int? channel = null, TiffLimits? limits = null) =>
        new(TiffFile.Open(seekable, name, limits ?? TiffLimits.Default), channel);

    /// <summary>Opens the rows of layer <paramref name="z"/> from <paramref name="firstRow"/> on, for one thread at a time.</summary>
    /// <param name="z">Layer, 0 … depth − 1.</param>
    /// <param name="firstRow">First row that is read, 0 … height.</param>
    public RawRows OpenRows(int z, int firstRow = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(z);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(z, Shape.Depth);
        int samples = Info.SamplesPerPixel;
        int pages = Info.Channels / samples;
        bool planar = _file.Pages[0].Planar;
        int page = (z * pages) + (_channel / samples);
        int sample = _channel % samples;
        return new RawRows(_file.OpenRows(page, firstRow, planar ? sample : 0), _file, page, planar ? 0 : sample);
    }

    IRawRows IRawSource.OpenRows(int z, int firstRow) => OpenRows(z, firstRow);

    /// <summary>Closes the file, if the stack opened it.</summary>
    public void Dispose() => _file.Dispose();

    private InvalidMaskException? ChannelFault(int? channel)
    {
        int channels = Info.Channels;
        if (Info.Frames > 1)
        {
            return Fault($"{Info.Frames} time frames; expected one stack (in ImageJ: Image > Properties turns frames into slices).");
        }

        if (channels % Info.SamplesPerPixel != 0 || _file.Pages.Count != (long)Shape.Depth * (channels / Info.SamplesPerPixel))
        {
            return Fault($"{_file.Pages.Count} pages for {Shape.Depth} layers of {channels} channels; expected a page per layer and channel.");
        }

        string list = $"channels {string.Join(", ", Enumerable.Range(1, channels))}";
        return channel is null && channels > 1 ? Fault($"has the {list}; say which one shows the cells (option channel).")
            : channel is int asked && (asked < 1 || asked > channels) ? Fault($"has no channel {asked}; it has {(channels == 1 ? "channel 1 only" : $"the {list}")}.")
            : null;

        InvalidMaskException Fault(string detail) => _file.Bytes.Fail(null, detail, MaskFault.NotOneChannel);
    }
}

/// <summary>The rows of one layer of a raw stack, from top to bottom.</summary>
public sealed class RawRows : IRawRows
{
    private readonly TiffRows _rows;
    private readonly TiffFile _file;
    private readonly TiffPage _page;
    private readonly int _sample;

    internal RawRows(TiffRows rows, TiffFile file, int page, int sample)
    {
        (_rows, _file, _page, _sample) = (rows, file, file.Pages[page], sample);
    }

    /// <summary>Reads the next rows.</summary>
    /// <param name="rows">Receives whole rows of intensities; its length is a multiple of the width.</param>
    /// <exception cref="InvalidMaskException">The rows cannot be decoded, or a pixel is not a finite number.</exception>
    public void Read(Span<float> rows)
    {
        int width = _page.Width;
        byte[] samples = ArrayPool<byte>.Shared.Rent(_page.RowBytes);
        try
        {
            for (; !rows.IsEmpty; rows = rows[width..])
            {
                Span<byte> row = samples.AsSpan(0, _page.RowBytes);
                _rows.ReadSamples(row);
                Span<float> target = rows[..width];
                Convert(row, target);
                foreach (float value in target)
                {
                    if (!float.IsFinite(value))
                    {
                        throw _file.Bytes.Fail(_page.Number, $"a pixel is {value}; expected a finite number.", MaskFault.NotOneChannel);
                    }
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(samples);
        }
    }

    /// <summary>Ends the reading.</summary>
    public void Dispose() => _rows.Dispose();

    private void Convert(ReadOnlySpan<byte> samples, Span<float> target)
    {
        switch (_page.Format, _page.Bits)
        {
            case (TiffSampleFormat.UnsignedInteger, 8):
                Take(samples, target, value => value);
                break;
            case (TiffSampleFormat.UnsignedInteger, 16):
                Take(MemoryMarshal.Cast<byte, ushort>(samples), target, value => value);
                break;
            case (TiffSampleFormat.UnsignedInteger, 32):
                Take(MemoryMarshal.Cast<byte, uint>(samples), target, value => value);
                break;
            case (TiffSampleFormat.UnsignedInteger, _):
                Take(MemoryMarshal.Cast<byte, ulong>(samples), target, value => value);
                break;
            case (TiffSampleFormat.SignedInteger, 8):
                Take(MemoryMarshal.Cast<byte, sbyte>(samples), target, value => value);
                break;
            case (TiffSampleFormat.SignedInteger, 16):
                Take(MemoryMarshal.Cast<byte, short>(samples), target, value => value);
                break;
            case (TiffSampleFormat.SignedInteger, 32):
                Take(MemoryMarshal.Cast<byte, int>(samples), target, value => value);
                break;
            case (TiffSampleFormat.SignedInteger, _):
                Take(MemoryMarshal.Cast<byte, long>(samples), target, value => value);
                break;
            case (_, 32):
                Take(MemoryMarshal.Cast<byte, float>(samples), target, value => value);
                break;
            default:
                Take(MemoryMarshal.Cast<byte, double>(samples), target, value => (float)value);
                break;
        }
    }

    private void Take<T>(ReadOnlySpan<T> samples, Span<float> target, Func<T, float> intensity)
    {
        int step = _page.Interleaved;
        for (int x = 0; x < target.Length; x++)
        {
            target[x] = intensity(samples[(x * step) + _sample]);
        }
    }
}
