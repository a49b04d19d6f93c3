using System.Security.Cryptography;
using CellStitch.Functions.Storage;

namespace CellStitch.Cli.Jobs;

/// <summary>A content hash as manifest.json has it (<see cref="ContentHashes"/>), taken while the bytes pass by.</summary>
/// <param name="length">Bytes that will come; large files are hashed by range.</param>
internal sealed class PassingHash(long length) : IDisposable
{
    private readonly IncrementalHash _range = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly List<byte[]> _ranges = [];
    private readonly long _rangeBytes = length > ContentHashes.LargestWhole ? ContentHashes.RangeBytes : long.MaxValue;
    private long _inRange;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            if (_inRange == _rangeBytes)
            {
                EndRange();
            }

            ReadOnlySpan<byte> part = bytes[..(int)Math.Min(bytes.Length, _rangeBytes - _inRange)];
            _range.AppendData(part);
            _inRange += part.Length;
            bytes = bytes[part.Length..];
        }
    }

    /// <summary>The hash of all that came.</summary>
    public string Finish()
    {
        EndRange();
        return length > ContentHashes.LargestWhole ? ContentHashes.OfRanges(_ranges) : Convert.ToHexStringLower(_ranges[0]);
    }

    public void Dispose() => _range.Dispose();

    private void EndRange()
    {
        _ranges.Add(_range.GetHashAndReset());
        _inRange = 0;
    }
}
