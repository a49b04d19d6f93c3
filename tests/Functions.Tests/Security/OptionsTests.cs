using System.Globalization;
using System.Text;
using System.Text.Json;
using CellStitch.Functions.Jobs;
using CellStitch.Functions.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace CellStitch.Functions.Tests.Security;

/// <summary>job.json comes from strangers: whatever it holds, the answer is a sentence about it.</summary>
public sealed class OptionsTests
{
    public static TheoryData<string> Hostile =>
    [
        "", "null", "[]", "1", "\"a\"", "{", "{\"profile\":", "{\"profile\":\"paper\",\"profile\":\"robust\"}", "{\"__proto__\":{}}", "{\"$type\":\"System.IO.FileInfo\"}",
        "{\"minimumVolume\":1e400}", "{\"minimumVolume\":99999999999999999999}", "{\"minimumVolume\":\"15\"}", "{\"rejectionThreshold\":NaN}", "{\"anisotropy\":1e999}",
        "{\"files\":[null]}", "{\"files\":[\"../../secrets\"]}", "{\"files\":\"xy.tif\"}", "{\"webhook\":\"file:///etc/passwd\"}", "{\"webhook\":\"//x\"}", "{\"webhook\":\"javascript:1\"}",
        "{\"voxelSizeUm\":{\"z\":0,\"y\":1,\"x\":1}}", "{\"profile\":\"\u0000\"}", "\u0000\u0001\u0002",
    ];

    [Theory]
    [MemberData(nameof(Hostile))]
    public void Read_Hostile_IsAFaultOfTheFile(string json)
    {
        var fault = Assert.Throws<RunFaultException>(() => JobOptions.Read(defaults: null, BinaryData.FromString(json)));

        RunFault told = RunFaultException.Read(fault.Message);
        Assert.Equal(DropFile.Options, told.File);
        Assert.InRange(told.Message.Length, 1, 1000);
    }

    [Fact]
    public void Read_TenThousandLevels_IsAFaultOfTheFile()
    {
        string json = $"{{\"axes\":{new string('[', 10_000)}{new string(']', 10_000)}}}";

        Assert.Throws<RunFaultException>(() => JobOptions.Read(defaults: null, BinaryData.FromString(json)));
    }

    [Fact]
    public void Read_WebhookThatCannotBeUsed_IsNotRepeated()
    {
        var fault = Assert.Throws<RunFaultException>(() => JobOptions.Read(defaults: null, BinaryData.FromString("{\"webhook\":\"ftp://me:secret@host/?token=secret\"}")));

        Assert.DoesNotContain("secret", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a\r\nJob b, run c: Completed")]
    [InlineData("a\u202Eb")]
    [InlineData("a\u2028b")]
    [InlineData("a\u001b[2Jb")]
    public void Read_OptionNameThatBreaksTheLine_StaysOnIt(string name)
    {
        foreach (string json in new[]
        {
            JsonSerializer.Serialize(new Dictionary<string, int> { [name] = 1 }),
            JsonSerializer.Serialize(new Dictionary<string, object> { ["voxelSizeUm"] = new Dictionary<string, int> { [name] = 1 } }),
            JsonSerializer.Serialize(new Dictionary<string, object> { ["files"] = new[] { name } }),
            JsonSerializer.Serialize(new Dictionary<string, string> { ["model"] = name }),
        })
        {
            var fault = Assert.Throws<RunFaultException>(() => JobOptions.Read(defaults: null, BinaryData.FromString(json)));

            Assert.All(fault.Message.EnumerateRunes(), rune => Assert.False(
                Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator, fault.Message));
        }
    }

    [Fact]
    public void Read_EndlessOptionName_IsCutOff()
    {
        string json = JsonSerializer.Serialize(new Dictionary<string, int> { [new string('a', 900_000)] = 1 });
        var fault = Assert.Throws<RunFaultException>(() => JobOptions.Read(defaults: null, BinaryData.FromString(json)));

        Assert.InRange(fault.Message.Length, 1, 1000);
    }

    [Theory]
    [InlineData("<img src=x onerror=alert(1)>")]
    [InlineData("=HYPERLINK(\"https://evil.example\")")]
    public void Read_OptionNameWithMarkup_StaysJson(string name)
    {
        string json = JsonSerializer.Serialize(new Dictionary<string, int> { [name] = 1 });
        var fault = Assert.Throws<RunFaultException>(() => JobOptions.Read(defaults: null, BinaryData.FromString(json)));

        // As error.json, one string: nothing gets out of it.
        string error = JsonSerializer.Serialize(new ErrorFile(RunFaultException.Read(fault.Message)), Manifest.Json);
        Assert.Contains(name, JsonSerializer.Deserialize<ErrorFile>(error, Manifest.Json)!.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartJob_OptionsAboveTheCeiling_AreRefusedUnread()
    {
        using var app = new DirectApp();
        var request = new DefaultHttpContext { Request = { Body = new EndlessStream() } }.Request;

        IActionResult answer = await app.Jobs.Start(request, "embryo", client: null!, TestContext.Current.CancellationToken);

        Assert.Equal(StatusCodes.Status413PayloadTooLarge, Assert.IsType<ObjectResult>(answer).StatusCode);
    }

    [Fact]
    public async Task StartJob_OptionsThatCannotBeUsed_LeaveNothing()
    {
        using var app = new DirectApp();
        var request = new DefaultHttpContext { Request = { Body = new MemoryStream(Encoding.UTF8.GetBytes("{\"x\":1}")) } }.Request;

        IActionResult answer = await app.Jobs.Start(request, "embryo", client: null!, TestContext.Current.CancellationToken);

        Assert.Equal(StatusCodes.Status400BadRequest, Assert.IsType<ObjectResult>(answer).StatusCode);
        Assert.False(await app.Data.Drop.ExistsAsync(TestContext.Current.CancellationToken));
    }

    private sealed class EndlessStream : Stream
    {
        private long _given;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            _given += count;
            Assert.InRange(_given, 0, 16 << 20);
            buffer.AsSpan(offset, count).Fill((byte)' ');
            return count;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
