using System.Security.Cryptography;
using CellStitch.Cli.Jobs;

namespace CellStitch.Cli.Tests.Jobs;

public class PassingHashTests
{
    private const int Mebi = 1 << 20;

    [Fact]
    public void Finish_SmallFile_IsItsSha256()
    {
        byte[] content = [.. Enumerable.Range(0, 1000).Select(i => (byte)(i % 251))];

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(content)), HashOf(content.Length, content[..7], content[7..]));
    }

    [Fact]
    public void Finish_EmptyFile_IsTheSha256OfNothing()
    {
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData([])), HashOf(0));
    }

    /// <summary>docs/formats.md: above 1 GiB the SHA-256 of the SHA-256s of the ranges of 64 MiB.</summary>
    [Fact]
    public void Finish_FileAboveAGibibyte_IsTheHashOfItsRanges()
    {
        byte[] range = new byte[64 * Mebi];
        byte[] ofRange = SHA256.HashData(range);
        string expected = Convert.ToHexStringLower(SHA256.HashData([.. Enumerable.Repeat(ofRange, 16).SelectMany(hash => hash), .. SHA256.HashData([0])]));

        // Pieces that do not end where ranges do.
        byte[] piece = range[..((64 * Mebi) - 1)];
        Assert.Equal(expected, HashOf((1024L * Mebi) + 1, [.. Enumerable.Repeat(piece, 16), new byte[17]]));
    }

    private static string HashOf(long length, params byte[][] pieces)
    {
        using var hash = new PassingHash(length);
        foreach (byte[] piece in pieces)
        {
            hash.Append(piece);
        }

        return hash.Finish();
    }
}
