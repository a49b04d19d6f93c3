using CellStitch.Core.Transport;

namespace CellStitch.Core.Stitching;

/// <summary>Form of the method.</summary>
public enum StitchProfile
{
    /// <summary>The paper's method as its authors' code runs it, made deterministic.</summary>
    Paper,

    /// <summary>Evidence over several layer distances, agglomerated (docs/algorithm.md, "Linking").</summary>
    Robust,
}

/// <summary>Which way the layers are followed.</summary>
public enum StitchDirection
{
    /// <summary>From z = 0 to the last layer, as published.</summary>
    Down,

    /// <summary>From the last layer to z = 0.</summary>
    Up,
}

/// <summary>What becomes of a cell that occurs in one layer only.</summary>
public enum SingleLayerRule
{
    /// <summary>It takes the label that overlaps it most in the layer before it, background included (the authors' code).</summary>
    Merge,

    /// <summary>It is removed (the paper's text).</summary>
    Remove,

    /// <summary>It stays.</summary>
    Keep,
}

/// <summary>The exact solver of the layer transport. Both reach the same cost; which optimal plan they return is promised per solver only.</summary>
public enum TransportSolver
{
    /// <summary>Our network simplex, rooted at the hub.</summary>
    Simplex,

    /// <summary>Google OR-Tools' minimum-cost flow.</summary>
    OrTools,
}

/// <summary>Options of the stitching method.</summary>
public sealed record StitchOptions
{
    /// <summary>Form of the method; default robust.</summary>
    public StitchProfile Profile { get; init; } = StitchProfile.Robust;

    /// <summary>
    /// Whether profile <c>robust</c> drops short cells that the projections do not support, or, without projections, far shorter ones than usual; default true.
    /// What is dropped is listed in <see cref="StitchSummary.Dropped"/>. Without projections, genuine flat cells among long ones need false.
    /// </summary>
    public bool DropFragments { get; init; } = true;

    /// <summary>
    /// Whether profile <c>robust</c> splits slices that cover several cells, where there are projections, and fills gaps of one or two layers; default true. The
    /// volume is then more than its masks: docs/algorithm.md, "Repairs".
    /// </summary>
    public bool Repair { get; init; } = true;

    /// <summary>
    /// Most missing layers between two slices of a cell in profile <c>robust</c>, at least 0; where more are missing, it is cut. Null, the default, is no limit: a
    /// limit cuts more right cells than wrong ones (docs/algorithm.md, "What was tried"). Profile <c>paper</c> skips empty layers, however many, and no others.
    /// </summary>
    public int? MaximumGap
    {
        get;
        init => field = value is null or >= 0
            ? value
            : throw new ArgumentOutOfRangeException(nameof(MaximumGap), value, "The largest gap must be at least 0 layers.");
    }

    /// <summary>
    /// Largest share of rejection votes, in [0, 1], with which two matched slices still become one cell. The paper leaves it to the user;
    /// 0.25 is the authors' default (1 − p_stitching_votes).
    /// </summary>
    public double RejectionThreshold
    {
        get;
        init => field = value is >= 0 and <= 1
            ? value
            : throw new ArgumentOutOfRangeException(nameof(RejectionThreshold), value, "The rejection threshold must lie in [0, 1].");
    } = 0.25;

    /// <summary>Cells of fewer voxels are removed; at least 0, default 15 (the default of the published post-processing). Counted before holes are filled.</summary>
    public int MinimumVolume
    {
        get;
        init => field = value >= 0
            ? value
            : throw new ArgumentOutOfRangeException(nameof(MinimumVolume), value, "The minimum volume must be at least 0 voxels.");
    } = 15;

    /// <summary>Direction of the tracing; default down, as published. Profile <c>robust</c> gives the same cells either way.</summary>
    public StitchDirection Direction { get; init; } = StitchDirection.Down;

    /// <summary>Profile <c>paper</c>: what becomes of cells that occur in one layer only; default merge, as the authors' code does.</summary>
    public SingleLayerRule SingleLayer { get; init; } = SingleLayerRule.Merge;

    /// <summary>The exact transport solver; default simplex.</summary>
    public TransportSolver Solver { get; init; } = TransportSolver.Simplex;

    /// <summary>Threads to use, at least 1; default all processors. The result does not depend on it.</summary>
    public int Threads
    {
        get;
        init => field = value >= 1
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Threads), value, "At least 1 thread is needed.");
    } = Environment.ProcessorCount;

    internal LinkingRule Linking { get; init; } = new();

    /// <summary>
    /// Another matching of a layer pair (layers p and z) than transport and trace, for bench/Accuracy: the dense source index of every dense target index. Null for
    /// the method itself. Profile <c>paper</c> of <see cref="Stitcher"/> alone reads it.
    /// </summary>
    internal Func<LayerPair, int, int, int[]>? Match { get; init; }

    /// <summary>
    /// Layers of a run of work, at least. A run re-reads the layer before its first one; 8 keeps that at an eighth while every thread gets several.
    /// The result does not depend on it.
    /// </summary>
    internal int ShortestRun { get; init; } = 8;

    /// <summary>
    /// Layers of up to this many pixels are kept while the next one is read (6 × 16 MiB per thread); larger ones are streamed twice. The
    /// result does not depend on it.
    /// </summary>
    internal int LargestKeptLayer { get; init; } = 1 << 22;

    /// <summary>The solver as a function.</summary>
    internal Func<TransportProblem, TransportPlan> Solve => Solver switch
    {
        TransportSolver.Simplex => HubNetworkSimplex.Solve,
        TransportSolver.OrTools => OrToolsMinCostFlow.Solve,
        _ => throw new ArgumentOutOfRangeException(nameof(Solver), Solver, "Unknown transport solver."),
    };
}
