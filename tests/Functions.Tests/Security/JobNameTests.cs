using CellStitch.Functions.Jobs;

namespace CellStitch.Functions.Tests.Security;

/// <summary>Names come from strangers, and become blob names, ids, links and lines of the log.</summary>
public sealed class JobNameTests
{
    public static TheoryData<string> Tricks =>
    [
        "", ".", "..", "../other", "a/../b", "a/b", "a\\b", "%2e%2e", "a%2Fb", "a?b", "a#b", "/a", ".hidden", ".lock", "-a", "=cmd|' /C calc'!A0", "+1", "@SUM(1)",
        "\ta", "a\tb", "a\r\nSet-Cookie: x=1", "a\0b", "a\u007f", "a\u0085b", "a\u2028b", "a\u2029b", "<script>", " a", "a ", "a.",
        // Turned around, of no width, half a character, without meaning.
        "fig\u202Efit", "a\u200Bb", "a\uFEFFb", "a\u00ADb", "a\uD800", "\uDC00a", "a\uFFFDb", "a\uE000b", "a\u0378b",
        new string('a', 81), new string('a', 1024), "settle/x",
    ];

    [Theory]
    [MemberData(nameof(Tricks))]
    public void IsValid_Trick_IsRefused(string name) => Assert.False(JobName.IsValid(name));

    [Theory]
    [MemberData(nameof(Tricks))]
    public void DropName_FileOfATrick_IsNotOurs(string name) => Assert.Null(DropName.Parse($"{name}/xy.tif"));

    [Theory]
    [InlineData("embryo")]
    [InlineData("2026-11-25 root tip_3 (x40)")]
    [InlineData("Würzel-根-корень")]
    [InlineData("a..b")]
    public void IsValid_Name_IsTaken(string name) => Assert.True(JobName.IsValid(name));

    [Theory]
    // Cyrillic а, full-width a: other letters, other jobs.
    [InlineData("a", "а")]
    [InlineData("a", "ａ")]
    public void RunId_LookAlikes_StayApart(string one, string other)
    {
        FileVersion[] files = [new("xy.tif", "xy.tif", "1", 1, DateTimeOffset.UnixEpoch)];

        Assert.NotEqual(JobName.RunId(one, files), JobName.RunId(other, files));
        Assert.Equal(one, JobName.OfRun(JobName.RunId(one, files)));
        Assert.Equal(other, JobName.OfRun(JobName.RunId(other, files)));
    }

    [Theory]
    [InlineData("XY.TIF")]
    [InlineData("xy.tif/..")]
    [InlineData("xy.tif.exe")]
    [InlineData("../results/embryo/labels.tif")]
    [InlineData("xy.tif\n")]
    public void DropName_OtherFile_IsNotOurs(string file) => Assert.Null(DropName.Parse($"embryo/{file}"));
}
