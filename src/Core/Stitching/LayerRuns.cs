using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace CellStitch.Core.Stitching;

/// <summary>Work over layers on several threads: runs of neighbouring layers, progress, cancellation.</summary>
internal sealed class LayerRuns
{
    // Runs differ in work; a few per thread even that out.
    private const int RunsPerThread = 4;

    private readonly ParallelOptions _parallel;
    private readonly int _shortestRun;
    private readonly IProgress<StitchProgress>? _progress;

    public LayerRuns(StitchOptions options, CancellationToken cancellation, IProgress<StitchProgress>? progress = null)
    {
        _progress = progress;
        _shortestRun = options.ShortestRun;
        _parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Threads, CancellationToken = cancellation };
    }

    public int Threads => _parallel.MaxDegreeOfParallelism;

    public CancellationToken Cancellation => _parallel.CancellationToken;

    /// <summary>
    /// Calls <paramref name="work"/> for 0 … count − 1 in parallel. A failure comes out as it was thrown, not wrapped; of several that of the lowest
    /// number, so that the page a fault is told of does not depend on threads.
    /// </summary>
    public void For(int count, Action<int> work)
    {
        var failures = new ConcurrentDictionary<int, Exception>();
        Parallel.For(0, count, _parallel, (i, loop) =>
        {
            try
            {
                work(i);
            }
            catch (Exception failure) when (!Cancellation.IsCancellationRequested)
            {
                // Numbers below this one are still worked on, those above no more.
                failures[i] = failure;
                loop.Break();
            }
        });
        if (!failures.IsEmpty)
        {
            ExceptionDispatchInfo.Throw(failures.MinBy(failure => failure.Key).Value);
        }
    }

    /// <summary>Cuts the layers into runs of neighbours and works on the runs in parallel; one thread takes them as one run.</summary>
    public void ForRuns(LayerRange layers, Action<LayerRange> work)
    {
        int length = Threads == 1 ? layers.Count : Math.Max(_shortestRun, layers.Count / (RunsPerThread * Threads));
        int runs = (layers.Count + length - 1) / length;
        For(runs, run =>
        {
            int first = layers.First + (run * length);
            work(new LayerRange(first, Math.Min(layers.End, first + length)));
        });
    }

    /// <summary>The same over all layers, with progress.</summary>
    /// <param name="stage">The step.</param>
    /// <param name="layers">Number of layers.</param>
    /// <param name="work">Works on a run and calls its last argument after each layer.</param>
    public void ForRuns(StitchStage stage, int layers, Action<LayerRange, Action> work)
    {
        int done = 0;
        ForRuns(new LayerRange(0, layers), run => work(run, () => Report(stage, Interlocked.Increment(ref done), layers)));
    }

    public void Report(StitchStage stage, int done, int total) => _progress?.Report(new StitchProgress(stage, done, total));
}
