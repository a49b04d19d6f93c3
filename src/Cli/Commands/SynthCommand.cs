using System.CommandLine;
using System.Globalization;
using CellStitch.Core.IO;
using CellStitch.Core.Synthesis;
using CellStitch.Core.Volumes;

namespace CellStitch.Cli.Commands;

/// <summary>How badly the 2D segmenter errs.</summary>
internal enum NoiseLevel
{
    /// <summary>Not at all.</summary>
    Ideal,

    /// <summary>A little.</summary>
    Light,

    /// <summary>Often.</summary>
    Heavy,

    /// <summary>A little in XY, very often in the projections.</summary>
    Poor,
}

/// <summary>What <c>synth</c> makes.</summary>
/// <param name="Cells">The true cells.</param>
/// <param name="Noise">Errors of the masks.</param>
/// <param name="Raw">What shines in the raw stack; null for none.</param>
internal sealed record SynthRequest(SynthOptions Cells, MaskNoise Noise, Stain? Raw = null);

/// <summary><c>cellstitch synth</c>: cells with known truth, to try things on.</summary>
internal sealed class SynthCommand : CliCommand
{
    private static readonly SynthOptions Defaults = new();

    private readonly Option<string> _output;
    private readonly Choice<CellFamily> _family;
    private readonly Option<int> _cells;
    private readonly Option<VolumeShape?> _shape;
    private readonly Option<double> _anisotropy;
    private readonly Option<ulong> _seed;
    private readonly Choice<NoiseLevel> _noise;
    private readonly Option<double?> _merge;
    private readonly Option<double?> _split;
    private readonly Option<double?> _erode;
    private readonly Option<double?> _drop;
    private readonly Option<double?> _falseSlices;
    private readonly Option<double?> _persistence;
    private readonly Option<bool> _raw;
    private readonly Choice<Stain> _stain;

    public SynthCommand()
        : base(
            "synth",
            "Makes a synthetic volume: true cells, XY, XZ and YZ masks with errors, optionally a raw stack.",
            "cellstitch synth -o synthetic --family tissue --cells 200 --shape 32x256x256 --noise light --seed 7")
    {
        _output = AddOutput("FOLDER", "Receives truth.tif, xy.tif, xz.tif, yz.tif and, if asked for, raw.tif.");
        _family = AddChoice<CellFamily>("--family", Defaults.Family, "What the cells look like.");
        _cells = AddNumber("--cells", Defaults.Cells, "Number of cells asked for.", nameof(SynthOptions.Cells));
        _shape = AddShape();
        _anisotropy = AddNumber("--anisotropy", Defaults.Anisotropy, "Layer spacing / pixel spacing.", nameof(SynthOptions.Anisotropy));
        _seed = AddNumber("--seed", Defaults.Seed, "Decides everything that is random.", nameof(SynthOptions.Seed));
        _noise = AddChoice<NoiseLevel>("--noise", NoiseLevel.Light, "How badly the 2D segmenter errs.");
        _merge = AddRate("--merge", "slices that fuse with a neighbour", nameof(NoiseRates.Merge));
        _split = AddRate("--split", "slices cut in two", nameof(NoiseRates.Split));
        _erode = AddRate("--erode", "slices that lose their outermost pixels", nameof(NoiseRates.Erode));
        _drop = AddRate("--drop", "slices that are missing", nameof(NoiseRates.Drop));
        _falseSlices = AddRate("--false-slices", "slices that are invented", nameof(NoiseRates.FalseSlice));
        _persistence = AddOptionalNumber<double>(
            "--persistence", "Mean number of neighbouring planes an error lasts, instead of the level's.", nameof(NoiseRates.Persistence));
        _raw = AddSwitch("--raw", "Also renders a raw stack.");
        _stain = AddChoice<Stain>("--stain", Stain.Membranes, "What shines in the raw stack.");

        // Core refuses the options together when the cells do not fit into the shape.
        ReportAs("options", "--cells");
    }

    /// <summary>Makes the files of a volume in a folder.</summary>
    /// <returns>The number of true cells.</returns>
    public static int Make(SynthRequest request, string folder, Terminal terminal, CancellationToken cancellation)
    {
        using var output = new OutputFolder(folder);
        int threads = Environment.ProcessorCount;
        int cells = terminal.Track(steps =>
        {
            var truth = new CellTruth(request.Cells);
            Copy(truth, (uint)truth.CellCount, output.Create("truth.tif"), new Step("true cells", 0), steps, cancellation);
            foreach (MaskProjection projection in Enum.GetValues<MaskProjection>())
            {
                string name = projection.ToString();
                SyntheticMasks made = SyntheticMasks.Make(truth, projection, request.Noise, request.Cells.Seed, threads, cancellation);
                OutputFile file = output.Create($"{name.ToLowerInvariant()}.tif");
                Copy(made.Masks, made.LargestLabel, file, new Step($"{name.ToUpperInvariant()} masks", 0), steps, cancellation);
            }

            if (request.Raw is { } stain)
            {
                using var writer = new TiffWriter(output.Create("raw.tif").Stream, threads);
                RawRendering.Write(truth, stain, request.Cells.Seed, writer, cancellation);
                steps.Report(new Step("raw stack", 1));
            }

            return truth.CellCount;
        });
        output.Commit();
        return cells;
    }

    protected override Work Read(ParseResult arguments)
    {
        string folder = arguments.GetRequiredValue(_output);
        var request = new SynthRequest(
            new SynthOptions
            {
                Family = _family.In(arguments)!.Value,
                Cells = arguments.GetValue(_cells),
                Shape = arguments.GetValue(_shape) ?? Defaults.Shape,
                Anisotropy = arguments.GetValue(_anisotropy),
                Seed = arguments.GetValue(_seed),
            },
            ReadNoise(arguments),
            arguments.GetValue(_raw) ? _stain.In(arguments) : null);
        return (terminal, cancellation) =>
        {
            int cells = Make(request, folder, terminal, cancellation);
            terminal.Output.WriteLine($"{folder}: {cells} cells in {request.Cells.Shape} voxels (z × y × x)");
            return ExitCode.Done;
        };
    }

    private static void Copy(
        ILayerSource volume, uint largestLabel, OutputFile file, Step step, IProgress<Step> steps, CancellationToken cancellation)
    {
        using var writer = new TiffWriter(file.Stream, Environment.ProcessorCount);
        writer.Begin(volume.Shape, largestLabel, volume.VoxelSize);
        var layer = new uint[volume.Shape.LayerPixels];
        for (int z = 0; z < volume.Shape.Depth; z++)
        {
            cancellation.ThrowIfCancellationRequested();
            volume.ReadLayer(z, layer);
            writer.Write(layer);
            steps.Report(step with { Share = (z + 1.0) / volume.Shape.Depth });
        }
    }

    private MaskNoise ReadNoise(ParseResult arguments)
    {
        MaskNoise level = _noise.In(arguments) switch
        {
            NoiseLevel.Ideal => MaskNoise.Ideal,
            NoiseLevel.Light => MaskNoise.Light,
            NoiseLevel.Heavy => MaskNoise.Heavy,
            _ => MaskNoise.Poor,
        };
        return new MaskNoise(Adjust(level.Xy), Adjust(level.Projections));

        NoiseRates Adjust(NoiseRates rates) => rates with
        {
            Merge = arguments.GetValue(_merge) ?? rates.Merge,
            Split = arguments.GetValue(_split) ?? rates.Split,
            Erode = arguments.GetValue(_erode) ?? rates.Erode,
            Drop = arguments.GetValue(_drop) ?? rates.Drop,
            FalseSlice = arguments.GetValue(_falseSlices) ?? rates.FalseSlice,
            Persistence = arguments.GetValue(_persistence) ?? rates.Persistence,
        };
    }

    private Option<double?> AddRate(string name, string what, string refusedAs)
    {
        return AddOptionalNumber<double>(name, $"Share of {what}, in [0, 1], in all three stacks instead of the level's.", refusedAs);
    }

    private Option<VolumeShape?> AddShape()
    {
        const string Name = "--shape";
        var shape = new Option<VolumeShape?>(Name)
        {
            HelpName = "ZxYxX",
            Description = $"Layers, rows and columns. [default: {Defaults.Shape.Depth}x{Defaults.Shape.Height}x{Defaults.Shape.Width}]",
            CustomParser = result => result.Tokens[0].Value.Split('x') is [var z, var y, var x]
                && TryParse(z, out int depth) && TryParse(y, out int height) && TryParse(x, out int width)
                    ? new VolumeShape(depth, height, width)
                    : Refuse<VolumeShape?>(result, Name, "layers, rows and columns as in 64x512x512"),
        };
        Add(shape);
        ReportAs(nameof(SynthOptions.Shape), Name);
        return shape;

        static bool TryParse(string text, out int number) => int.TryParse(text, CultureInfo.InvariantCulture, out number);
    }
}
