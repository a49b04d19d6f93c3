using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace CellStitch.Core.IO;

/// <summary>Turns samples of any pixel type into labels, and labels into the pixel type of a file.</summary>
internal static class LabelPixels
{
    /// <summary>Float32 holds every whole number up to here; above, neighbouring labels fall together.</summary>
    private const float LargestExactFloat = 1 << 24;

    /// <summary>Converts samples to labels.</summary>
    /// <param name="samples">Samples in the machine's byte order.</param>
    /// <param name="labels">Receives one label per sample; samples of 32 bits may lie here already.</param>
    /// <param name="bits">8, 16, 32 or 64.</param>
    /// <param name="format">Unsigned, signed or float.</param>
    /// <returns>Index of the first sample that is no label; −1 when all are.</returns>
    public static int Widen(ReadOnlySpan<byte> samples, Span<uint> labels, int bits, TiffSampleFormat format)
    {
        switch (format, bits)
        {
            case (TiffSampleFormat.UnsignedInteger, 8):
                Widen(samples, labels);
                return -1;
            case (TiffSampleFormat.UnsignedInteger, 16):
                Widen(MemoryMarshal.Cast<byte, ushort>(samples), labels);
                return -1;
            case (TiffSampleFormat.UnsignedInteger, 32):
                CopyUnlessSame(samples, labels);
                return -1;
            case (TiffSampleFormat.UnsignedInteger, 64):
                return Narrow(MemoryMarshal.Cast<byte, ulong>(samples), labels);
            case (TiffSampleFormat.SignedInteger, 8):
                Widen(samples, labels);
                return MemoryMarshal.Cast<byte, sbyte>(samples).IndexOfAnyInRange(sbyte.MinValue, (sbyte)-1);
            case (TiffSampleFormat.SignedInteger, 16):
                Widen(MemoryMarshal.Cast<byte, ushort>(samples), labels);
                return MemoryMarshal.Cast<byte, short>(samples).IndexOfAnyInRange(short.MinValue, (short)-1);
            case (TiffSampleFormat.SignedInteger, 32):
                CopyUnlessSame(samples, labels);
                return MemoryMarshal.Cast<byte, int>(samples).IndexOfAnyInRange(int.MinValue, -1);
            case (TiffSampleFormat.SignedInteger, 64):
                // A negative number is above 2³² − 1 when read as unsigned.
                return Narrow(MemoryMarshal.Cast<byte, ulong>(samples), labels);
            case (TiffSampleFormat.FloatingPoint, 32):
                return Whole(MemoryMarshal.Cast<byte, float>(samples), labels);
            default:
                return Whole(MemoryMarshal.Cast<byte, double>(samples), labels);
        }
    }

    /// <summary>Converts labels to unsigned samples of 8, 16 or 32 bits, low byte first.</summary>
    /// <returns>Index of the first label that does not fit; −1 when all do.</returns>
    public static int Narrow(ReadOnlySpan<uint> labels, Span<byte> samples, int bits)
    {
        int bad = bits == 32 ? -1 : labels.IndexOfAnyExceptInRange(0u, (1u << bits) - 1);
        if (bad >= 0)
        {
            return bad;
        }

        switch (bits)
        {
            case 8:
                for (int i = 0; i < labels.Length; i++)
                {
                    samples[i] = (byte)labels[i];
                }

                break;
            case 16:
                Span<ushort> shorts = MemoryMarshal.Cast<byte, ushort>(samples);
                for (int i = 0; i < labels.Length; i++)
                {
                    shorts[i] = (ushort)labels[i];
                }

                break;
            default:
                labels.CopyTo(MemoryMarshal.Cast<byte, uint>(samples));
                break;
        }

        if (!BitConverter.IsLittleEndian)
        {
            Swap(samples, bits);
        }

        return -1;
    }

    /// <summary>Turns the bytes of each sample round.</summary>
    public static void Swap(Span<byte> samples, int bits)
    {
        switch (bits)
        {
            case 16:
                Span<ushort> shorts = MemoryMarshal.Cast<byte, ushort>(samples);
                BinaryPrimitives.ReverseEndianness(shorts, shorts);
                break;
            case 32:
                Span<uint> ints = MemoryMarshal.Cast<byte, uint>(samples);
                BinaryPrimitives.ReverseEndianness(ints, ints);
                break;
            case 64:
                Span<ulong> longs = MemoryMarshal.Cast<byte, ulong>(samples);
                BinaryPrimitives.ReverseEndianness(longs, longs);
                break;
        }
    }

    /// <summary>A sample in words.</summary>
    public static string Value(ReadOnlySpan<byte> samples, int index, int bits, TiffSampleFormat format) => (format, bits) switch
    {
        (TiffSampleFormat.SignedInteger, 8) => $"{MemoryMarshal.Cast<byte, sbyte>(samples)[index]}",
        (TiffSampleFormat.SignedInteger, 16) => $"{MemoryMarshal.Cast<byte, short>(samples)[index]}",
        (TiffSampleFormat.SignedInteger, 32) => $"{MemoryMarshal.Cast<byte, int>(samples)[index]}",
        (TiffSampleFormat.SignedInteger, 64) => $"{MemoryMarshal.Cast<byte, long>(samples)[index]}",
        (TiffSampleFormat.FloatingPoint, 32) => $"{MemoryMarshal.Cast<byte, float>(samples)[index]:R}",
        (TiffSampleFormat.FloatingPoint, _) => $"{MemoryMarshal.Cast<byte, double>(samples)[index]:R}",
        _ => $"{MemoryMarshal.Cast<byte, ulong>(samples)[index]}",
    };

    /// <summary>The labels a pixel type can hold, in words.</summary>
    public static string Expected(int bits, TiffSampleFormat format) => format == TiffSampleFormat.FloatingPoint && bits == 32
        ? $"a whole number from 0 to {(int)LargestExactFloat} (larger ones fall together in float32)"
        : $"a whole number from 0 to {uint.MaxValue}";

    private static void CopyUnlessSame(ReadOnlySpan<byte> samples, Span<uint> labels)
    {
        ReadOnlySpan<byte> target = MemoryMarshal.AsBytes(labels);
        if (target != samples)
        {
            MemoryMarshal.Cast<byte, uint>(samples).CopyTo(labels);
        }
    }

    private static void Widen(ReadOnlySpan<byte> samples, Span<uint> labels)
    {
        ref byte from = ref MemoryMarshal.GetReference(samples);
        ref uint to = ref MemoryMarshal.GetReference(labels[..samples.Length]);
        int i = 0;
        for (; i <= samples.Length - Vector<byte>.Count; i += Vector<byte>.Count)
        {
            Vector.Widen(Vector.LoadUnsafe(ref from, (nuint)i), out Vector<ushort> low, out Vector<ushort> high);
            Store(low, ref to, i);
            Store(high, ref to, i + Vector<ushort>.Count);
        }

        for (; i < samples.Length; i++)
        {
            labels[i] = samples[i];
        }
    }

    private static void Widen(ReadOnlySpan<ushort> samples, Span<uint> labels)
    {
        ref ushort from = ref MemoryMarshal.GetReference(samples);
        ref uint to = ref MemoryMarshal.GetReference(labels[..samples.Length]);
        int i = 0;
        for (; i <= samples.Length - Vector<ushort>.Count; i += Vector<ushort>.Count)
        {
            Store(Vector.LoadUnsafe(ref from, (nuint)i), ref to, i);
        }

        for (; i < samples.Length; i++)
        {
            labels[i] = samples[i];
        }
    }

    private static void Store(Vector<ushort> samples, ref uint labels, int at)
    {
        Vector.Widen(samples, out Vector<uint> low, out Vector<uint> high);
        low.StoreUnsafe(ref labels, (nuint)at);
        high.StoreUnsafe(ref labels, (nuint)(at + Vector<uint>.Count));
    }

    private static int Narrow(ReadOnlySpan<ulong> samples, Span<uint> labels)
    {
        for (int i = 0; i < samples.Length; i++)
        {
            if (samples[i] > uint.MaxValue)
            {
                return i;
            }

            labels[i] = (uint)samples[i];
        }

        return -1;
    }

    private static int Whole(ReadOnlySpan<float> samples, Span<uint> labels)
    {
        int i = 0;
        for (; i <= samples.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var floats = new Vector<float>(samples[i..]);
            Vector<int> whole = Vector.ConvertToInt32(floats);
            bool allLabels = Vector.EqualsAll(Vector.ConvertToSingle(whole), floats)
                && Vector.GreaterThanOrEqualAll(floats, Vector<float>.Zero)
                && Vector.LessThanOrEqualAll(floats, new Vector<float>(LargestExactFloat));
            if (!allLabels)
            {
                break;
            }

            Vector.AsVectorUInt32(whole).CopyTo(labels[i..]);
        }

        for (; i < samples.Length; i++)
        {
            // The comparison is false for NaN.
            float value = samples[i];
            if (!(value >= 0 && value <= LargestExactFloat && value == MathF.Truncate(value)))
            {
                return i;
            }

            labels[i] = (uint)value;
        }

        return -1;
    }

    private static int Whole(ReadOnlySpan<double> samples, Span<uint> labels)
    {
        for (int i = 0; i < samples.Length; i++)
        {
            // The comparison is false for NaN.
            double value = samples[i];
            if (!(value >= 0 && value <= uint.MaxValue && value == Math.Truncate(value)))
            {
                return i;
            }

            labels[i] = (uint)value;
        }

        return -1;
    }
}
