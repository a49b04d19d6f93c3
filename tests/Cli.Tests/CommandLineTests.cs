using System.CommandLine;
using System.CommandLine.Parsing;
using System.Diagnostics;

namespace CellStitch.Cli.Tests;

public class CommandLineTests(SmallVolume volume)
{
    public static TheoryData<string> CommandNames => [.. CommandLine.Root().Subcommands.Select(command => command.Name)];

    [Theory]
    [MemberData(nameof(CommandNames))]
    public void Help_OfCommand_ShowsExamplesThatParse(string command)
    {
        string help = Run.Done(command, "--help").Output;

        string[] examples = [.. help.Split('\n').Select(line => line.Trim()).SkipWhile(line => !line.StartsWith("Example", StringComparison.Ordinal))
            .Skip(1).Where(line => line.Length > 0)];
        Assert.NotEmpty(examples);
        Assert.All(examples, example =>
        {
            string[] words = [.. CommandLineParser.SplitCommandLine(example)];
            Assert.Equal(["cellstitch", command], words[..2]);
            Assert.Empty(CommandLine.Root().Parse(words[1..]).Errors);
        });
    }

    [Fact]
    public void Help_OfProgram_ListsEachCommandOnOneLine()
    {
        string[] lines = Run.Done("--help").Output.Split('\n');

        Assert.All(CommandLine.Root().Subcommands, command =>
            Assert.Single(lines, line => line.StartsWith($"  {command.Name} ", StringComparison.Ordinal) && line.Contains(command.Description!)));
    }

    [Fact]
    public void Run_NoCommand_ShowsHelpAndIsUsage()
    {
        Run run = Run.Of();

        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.Contains("Commands:", run.Output);
    }

    [Theory]
    [InlineData("stich", "stich")]
    [InlineData("stitch", "--output")]
    [InlineData("stitch xy.tif -o l.tif --reject 1.5", "--reject 1.5")]
    [InlineData("stitch xy.tif -o l.tif --reject 0,5", "--reject")]
    [InlineData("stitch xy.tif -o l.tif --min-volume -1", "--min-volume -1")]
    [InlineData("stitch xy.tif -o l.tif --threads 0", "--threads")]
    [InlineData("stitch xy.tif -o l.tif --threads many", "expected a whole number")]
    [InlineData("stitch xy.tif -o l.tif --direction left", "expected down or up")]
    [InlineData("stitch xy.tif -o l.tif --direction 1", "expected down or up")]
    [InlineData("stitch xy.tif -o l.tif --profile best", "expected paper or robust")]
    [InlineData("stitch xy.tif -o l.tif --xz xz.tif", "--xz and --yz belong together")]
    [InlineData("stitch xy.tif -o l.tif --axes-xz YZX", "--axes-xz")]
    [InlineData("stitch-iou xy.tif -o l.tif --iou 2", "--iou 2")]
    [InlineData("interpolate xy.tif -o l.tif --anisotropy 0.5", "--anisotropy 0.5")]
    [InlineData("interpolate xy.tif -o l.tif --method spline", "expected transport or sdf or nearest")]
    [InlineData("evaluate truth.tif", "PREDICTED.tif")]
    [InlineData("evaluate truth.tif l.tif --threads -1", "--threads")]
    [InlineData("info", "FILE")]
    [InlineData("submit --job j", "nothing to send")]
    [InlineData("submit xy.tif", "--job")]
    [InlineData("submit xy.tif --job a/b", "--job: found 'a/b'")]
    [InlineData("submit cells.tif --job j", "--xy, --xz, --yz, --raw, --truth")]
    [InlineData("submit xy.tif --xy other.tif --job j", "given twice")]
    [InlineData("submit xy.tif --job j --reject 1.5", "--reject 1.5")]
    [InlineData("host --port -1", "--port")]
    [InlineData("fetch j", "--output")]
    [InlineData("synth -o f --shape 3x4", "64x512x512")]
    [InlineData("synth -o f --shape 3x4x0", "--shape")]
    [InlineData("synth -o f --merge 7", "--merge 7")]
    [InlineData("synth -o f --cells 900000 --shape 8x32x32", "--cells")]
    public void Run_MistakeInArguments_IsUsageAndNamesIt(string line, string named)
    {
        using var scratch = new Scratch();
        string[] args = [.. line.Split(' ').Select(word => word switch { "xy.tif" => volume.Xy, "f" or "l.tif" => scratch[word], _ => word })];

        Run run = Run.Of(args);

        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.Contains(named, run.Error);
        Assert.Contains("--help'", run.Error);
        Assert.Empty(scratch.Names);
    }

    [Fact]
    public void Process_WithoutTerminal_PrintsPlainLinesAndReturnsTheCode()
    {
        var start = new ProcessStartInfo("dotnet", [typeof(CommandLine).Assembly.Location, "info", "no such file.tif"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();

        Assert.Equal(ExitCode.BadInput, process.ExitCode);
        Assert.Equal("error: no such file.tif: there is no such file (no such file.tif).", error.TrimEnd());
    }
}
