using System.CommandLine;
using CellStitch.Core.Stitching;

namespace CellStitch.Cli;

/// <summary>A switch.</summary>
internal enum OnOff
{
    /// <summary>Done.</summary>
    On,

    /// <summary>Left out.</summary>
    Off,
}

/// <summary>The options of the method on the command line, the same in every command that stitches.</summary>
internal sealed class StitchChoices
{
    private static readonly StitchOptions Defaults = new();

    private readonly Choice<StitchProfile> _profile;
    private readonly Choice<OnOff> _drop;
    private readonly Choice<OnOff> _repair;
    private readonly Option<int?> _maxGap;
    private readonly Option<double> _reject;
    private readonly Option<int> _minVolume;
    private readonly Choice<StitchDirection> _direction;
    private readonly Choice<SingleLayerRule> _singleLayer;
    private readonly Choice<TransportSolver> _solver;

    /// <summary>Adds the options to a command.</summary>
    public StitchChoices(CliCommand command)
    {
        _profile = command.AddChoice<StitchProfile>("--profile", Defaults.Profile, "Form of the method: the paper's, or the more accurate one (docs/algorithm.md).");
        _reject = command.AddNumber(
            "--reject", Defaults.RejectionThreshold, "Profile paper: largest share of votes against a match that still counts, in [0, 1].", nameof(StitchOptions.RejectionThreshold));
        _drop = command.AddChoice<OnOff>("--drop", OnOff.On, "Profile robust: drops short cells that the projections do not show; without projections, cells far shorter than usual.");
        _repair = command.AddChoice<OnOff>("--repair", OnOff.On, "Profile robust: splits slices that cover several cells, and fills gaps of one or two layers.");
        _maxGap = command.AddOptionalNumber<int>(
            "--max-gap", "Profile robust: most missing layers between two slices of a cell; by default any number.", nameof(StitchOptions.MaximumGap));
        _minVolume = command.AddNumber("--min-volume", Defaults.MinimumVolume, "Cells of fewer voxels are removed.", nameof(StitchOptions.MinimumVolume));
        _direction = command.AddChoice<StitchDirection>("--direction", Defaults.Direction, "Which way the layers are followed.");
        _singleLayer = command.AddChoice<SingleLayerRule>("--single-layer", Defaults.SingleLayer, "Profile paper: what becomes of cells seen in one layer only.");
        _solver = command.AddChoice<TransportSolver>("--solver", Defaults.Solver, "The exact solver of the transport.");
    }

    /// <summary>The options given, with the defaults of the others.</summary>
    public StitchOptions In(ParseResult arguments, int threads) => new()
    {
        Profile = _profile.In(arguments)!.Value,
        DropFragments = _drop.In(arguments) == OnOff.On,
        Repair = _repair.In(arguments) == OnOff.On,
        MaximumGap = arguments.GetValue(_maxGap),
        RejectionThreshold = arguments.GetValue(_reject),
        MinimumVolume = arguments.GetValue(_minVolume),
        Direction = _direction.In(arguments)!.Value,
        SingleLayer = _singleLayer.In(arguments)!.Value,
        Solver = _solver.In(arguments)!.Value,
        Threads = threads,
    };
}
