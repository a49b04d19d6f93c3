using CellStitch.Core.IO;
using CellStitch.Core.Stitching;
using CellStitch.Functions.Jobs;

namespace CellStitch.Functions.Tests.Jobs;

public class JobOptionsTests
{
    [Fact]
    public void Read_Nothing_GivesTheDefaultsOfTheMethod() =>
        Assert.Equal(new StitchOptions { Threads = 3 }, JobOptions.Read(null, null).ForStitching(threads: 3));

    [Fact]
    public void Read_EveryOption_IsRead()
    {
        JobOptions options = Read("""
            {
              // as lab B does it
              "files": ["xy.tif"], "profile": "paper", "dropFragments": false, "repair": false, "maximumGap": 2, "rejectionThreshold": 0.5, "minimumVolume": 7, "direction": "up", "singleLayer": "keep",
              "solver": "orTools", "voxelSizeUm": { "z": 1, "y": 0.5, "x": 0.25 }, "anisotropy": 3.5, "axes": { "xz": "YZX", "yz": "XYZ" },
              "blockVoxels": 4096, "webhook": "https://lab.example/done",
            }
            """);

        StitchOptions method = options.ForStitching(threads: 1);
        Assert.Equal(StitchProfile.Paper, method.Profile);
        Assert.False(method.DropFragments);
        Assert.False(method.Repair);
        Assert.Equal(2, method.MaximumGap);
        Assert.Equal(0.5, method.RejectionThreshold);
        Assert.Equal(7, method.MinimumVolume);
        Assert.Equal(StitchDirection.Up, method.Direction);
        Assert.Equal(SingleLayerRule.Keep, method.SingleLayer);
        Assert.Equal(TransportSolver.OrTools, method.Solver);
        Assert.Equal(["xy.tif"], options.Files!);
        Assert.Equal(0.25, options.VoxelSize!.Value.XUm);
        Assert.Equal(3.5, options.Anisotropy);
        Assert.Equal(new ProjectionAxes(AxisOrder.YZX, AxisOrder.XYZ), options.Axes);
        Assert.Equal(4096, options.BlockVoxels);
        Assert.Equal("lab.example", options.Webhook!.Host);
    }

    [Fact]
    public void Read_JobOverDefaults_WinsOneByOne()
    {
        var options = JobOptions.Read(BinaryData.FromString("""{ "minimumVolume": 1, "rejectionThreshold": 0.1 }"""), BinaryData.FromString("""{ "minimumVolume": 2 }"""));

        Assert.Equal(2, options.MinimumVolume);
        Assert.Equal(0.1, options.RejectionThreshold);
    }

    [Theory]
    [InlineData("""{ "minVolume": 3 }""", "unknown option \"minVolume\"; known are files, profile,")]
    [InlineData("""{ "maximumGap": -1 }""", "maximumGap is -1; expected 0 or more layers.")]
    [InlineData("""{ "profile": "best" }""", "the value of \"profile\" cannot be used")]
    [InlineData("""{ "rejectionThreshold": 2 }""", "rejectionThreshold is 2; expected 0 … 1")]
    [InlineData("""{ "rejectionThreshold": "0.5" }""", "the value of \"rejectionThreshold\" cannot be used")]
    [InlineData("""{ "minimumVolume": -1 }""", "minimumVolume is -1; expected 0 or more voxels")]
    [InlineData("""{ "direction": "sideways" }""", "the value of \"direction\" cannot be used")]
    [InlineData("""{ "axes": { "xz": "ABC" } }""", "the value of \"axes.xz\" cannot be used")]
    [InlineData("""{ "voxelSizeUm": { "z": 0, "y": 1, "x": 1 } }""", "voxelSizeUm needs three lengths above 0")]
    [InlineData("""{ "files": ["xy.tiff"] }""", "\"files\" lists xy.tiff; expected xy.tif,")]
    [InlineData("""{ "blockVoxels": 0 }""", "blockVoxels is 0; expected 1 or more")]
    [InlineData("""{ "webhook": "ftp://lab.example" }""", "expected an absolute http or https address")]
    [InlineData("""[1]""", "is no JSON object")]
    [InlineData("""{ "minimumVolume": 3""", "is no valid JSON: line 1,")]
    [InlineData("", "is no valid JSON")]
    public void Read_BadOption_SaysWhatWasFoundAndExpected(string json, string sentence)
    {
        var fault = RunFaultException.Read(Assert.Throws<RunFaultException>(() => Read(json)).Message);

        Assert.Equal(FaultCode.UnknownOption, fault.Code);
        Assert.Equal("job.json", fault.File);
        Assert.Contains(sentence, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_BadDefaults_NamesThatFile()
    {
        RunFaultException fault = Assert.Throws<RunFaultException>(() => JobOptions.Read(BinaryData.FromString("""{ "x": 1 }"""), null));

        Assert.Equal("defaults.json", RunFaultException.Read(fault.Message).File);
    }

    private static JobOptions Read(string json) => JobOptions.Read(null, BinaryData.FromString(json));
}
