using System.CommandLine;
using CellStitch.Cli.Local;
using CellStitch.Segmentation.Stacks;

namespace CellStitch.Cli;

/// <summary>A command that makes 2D masks of a raw stack, in a folder.</summary>
internal abstract class MaskCommand : RawCommand
{
    private readonly Choice<SegmentationMethod> _method;
    private readonly Option<bool> _interpolateFirst;

    protected MaskCommand(string name, string description, string outputHelp, params string[] examples)
        : base(name, description, "FOLDER", outputHelp, examples)
    {
        _method = AddChoice<SegmentationMethod>("--method", SegmentationMethod.Onnx, "By a network, or without one.");
        _interpolateFirst = AddSwitch(
            "--interpolate-first", "Puts layers between the layers of the stack, linearly, before it is segmented, so that its voxels become cubes (docs/systems.md).");
        Validators.Add(given =>
        {
            if (given.GetResult(Model) is not null && string.Equals(given.GetValue(_method), nameof(SegmentationMethod.Classic), StringComparison.OrdinalIgnoreCase))
            {
                given.AddError("--model names a network; --method classic uses none.");
            }
        });
    }

    protected SegmentRequest RequestOf(ParseResult arguments) => RequestOf(arguments, _method.In(arguments)!.Value) with
    {
        InterpolateFirst = arguments.GetValue(_interpolateFirst),
    };
}
