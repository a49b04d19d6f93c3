using System.Security.Cryptography;
using CellStitch.Functions.Jobs;

namespace CellStitch.Functions.Storage;

/// <summary>
/// Content hashes of inputs, as in manifest.json: the SHA-256 of the bytes; above 1 GiB the SHA-256 of the SHA-256s of its 64 MiB ranges, which
/// are hashed in a fan-out.
/// </summary>
internal static class ContentHashes
{
    /// <summary>Files beyond this size are hashed by range.</summary>
    public const long LargestWhole = 1L << 30;

    /// <summary>Bytes of a range.</summary>
    public const long RangeBytes = 64L << 20;

    /// <summary>The ranges of all large files, in the order of the files.</summary>
    public static IReadOnlyList<(FileVersion File, long From, long Bytes)> Ranges(IEnumerable<FileVersion> files) =>
    [
        .. files.Where(file => file.Bytes > LargestWhole).SelectMany(file => Enumerable.Range(0, Count(file.Bytes)).Select(range =>
            (file, range * RangeBytes, Math.Min(RangeBytes, file.Bytes - (range * RangeBytes))))),
    ];

    /// <summary>The hash of a part of a dropped file.</summary>
    public static byte[] OfRange(DataAccount data, FileVersion file, long from, long bytes, CancellationToken cancellation)
    {
        using var stream = new BlobRangeStream(data.Drop.GetBlobClient(file.Blob), file, cancellation);
        return OfRange(stream, from, bytes);
    }

    /// <summary>The hash of a file.</summary>
    public static string Of(BlobRangeStream file) => file.Length <= LargestWhole
        ? Convert.ToHexStringLower(OfRange(file, 0, file.Length))
        : OfRanges(Enumerable.Range(0, Count(file.Length)).Select(range =>
            OfRange(file, range * RangeBytes, Math.Min(RangeBytes, file.Length - (range * RangeBytes)))));

    /// <summary>The hash of a large file from those of its ranges.</summary>
    public static string OfRanges(IEnumerable<byte[]> hashes) =>
        Convert.ToHexStringLower(SHA256.HashData([.. hashes.SelectMany(hash => hash)]));

    /// <summary>Number of ranges of a large file.</summary>
    public static int Count(long bytes) => checked((int)(((bytes - 1) / RangeBytes) + 1));

    private static byte[] OfRange(BlobRangeStream file, long from, long bytes)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[1 << 20];
        file.Position = from;
        for (long left = bytes; left > 0;)
        {
            int read = file.Read(buffer.AsSpan(0, (int)Math.Min(buffer.Length, left)));
            hash.AppendData(buffer, 0, read);
            left -= read;
        }

        return hash.GetHashAndReset();
    }
}
