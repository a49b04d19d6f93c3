using System.CommandLine;
using CellStitch.Cli.Local;
using CellStitch.Segmentation.Stacks;

namespace CellStitch.Cli;

/// <summary>A command that begins with a raw stack.</summary>
internal abstract class RawCommand : CliCommand
{
    private readonly Argument<string> _raw;
    private readonly Option<string> _output;
    private readonly Option<double?> _diameter;
    private readonly Option<int?> _channel;
    private readonly Option<double> _contrast;
    private readonly Option<double?> _anisotropy;
    private readonly Option<int> _threads;

    protected RawCommand(string name, string description, string outputName, string outputHelp, params string[] examples)
        : base(name, description, examples)
    {
        _raw = AddInput("RAW.tif", "The stack as acquired: 8, 16 or 32 bits or floating point, a page per layer.");
        _output = AddOutput(outputName, outputHelp);
        Model = AddPath("--model", "MODEL.onnx", "A network of your own, e.g. exported from Cellpose (docs/models.md); by default the one that comes with the program.");
        _diameter = AddOptionalNumber<double>("--diameter", "Diameter of the cells in pixels of a layer; estimated when not given.", nameof(SegmentationOptions.Diameter));
        _channel = AddOptionalNumber<int>("--channel", "Channel that shows the cells, from 1; needed where there are several.", "channel");
        _contrast = AddNumber("--contrast", 1.0, "Above 1 raises the contrast, which parts cells that are merged.", nameof(SegmentationOptions.Contrast));
        _anisotropy = AddOptionalNumber<double>(
            "--anisotropy", "Distance of layers / distance of pixels; by default from the file's voxel size.", nameof(SegmentationOptions.Anisotropy));
        _threads = AddThreads();
    }

    protected Option<string?> Model { get; }

    protected string OutputOf(ParseResult arguments) => arguments.GetRequiredValue(_output);

    protected SegmentRequest RequestOf(ParseResult arguments, SegmentationMethod method) => new(
        arguments.GetRequiredValue(_raw),
        arguments.GetValue(_channel),
        new SegmentationOptions
        {
            Method = method,
            Diameter = arguments.GetValue(_diameter),
            Contrast = arguments.GetValue(_contrast),
            Anisotropy = arguments.GetValue(_anisotropy),
        },
        arguments.GetValue(Model),
        arguments.GetValue(_threads));
}
