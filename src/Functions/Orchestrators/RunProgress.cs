using Microsoft.DurableTask;

namespace CellStitch.Functions.Orchestrators;

/// <summary>The custom status of a run and the times of its steps, both by the orchestration's own clock.</summary>
internal sealed class RunProgress(TaskOrchestrationContext context)
{
    // Shares of the time of a run with votes (bench/RESULTS.md), rounded; good enough for a bar.
    private static readonly (string Stage, double Share, string Message)[] Plan =
    [
        ("inspect", 5, "reading headers"),
        ("segment", 0, "segmenting slices"),
        ("repack", 5, "rewriting projections by layer"),
        ("measure", 30, "measuring overlaps and tracing cells"),
        ("survey", 10, "looking for holes and stray slices"),
        ("write", 10, "writing labels"),
        ("interpolate", 25, "interpolating cells between layers"),
        ("compose", 10, "writing the isotropic volume"),
        ("publish", 5, "publishing results"),
    ];

    // A run that begins with a raw stack spends nearly all its time on the network; the shares above are those of the rest.
    private const string SegmentStage = "segment";
    private const double SegmentPercent = 90;

    // Below this share an estimate of the rest is a guess.
    private const double LeastPercentForEta = 10;

    private readonly List<StageRecord> _stages = [];
    private readonly DateTime _started = context.CurrentUtcDateTime;
    private string _stage = "";
    private bool _segments;
    private DateTime _stageStarted;
    private int _activities;
    private int _retries;

    /// <summary>When the run began.</summary>
    public DateTime StartedUtc => _started;

    /// <summary>The steps that are over.</summary>
    public IReadOnlyList<StageRecord> Stages => _stages;

    /// <summary>A step begins; the one before is over.</summary>
    public void Begin(string stage, int total)
    {
        End();
        (_stage, _stageStarted, _activities, _retries) = (stage, context.CurrentUtcDateTime, 0, 0);
        Tell(0, total);
    }

    /// <summary>Counts activities of the step.</summary>
    public void Count(int activities, int retries)
    {
        _activities += activities;
        _retries += retries;
    }

    /// <summary>The step has got so far.</summary>
    public void Tell(int done, int total)
    {
        int at = Array.FindIndex(Plan, step => step.Stage == _stage);
        double percent = Plan[..at].Sum(step => step.Share) + (Plan[at].Share * done / Math.Max(1, total));
        _segments |= _stage == SegmentStage;
        if (_segments)
        {
            percent = _stage == SegmentStage ? SegmentPercent * done / Math.Max(1, total) : SegmentPercent + (percent * (100 - SegmentPercent) / 100);
        }

        double elapsed = (context.CurrentUtcDateTime - _started).TotalSeconds;
        double? eta = percent < LeastPercentForEta ? null : Math.Round(elapsed * (100 - percent) / percent, 1);
        context.SetCustomStatus(new RunStatus(_stage, done, total, Math.Round(percent, 1), Plan[at].Message, eta));
    }

    /// <summary>The last step is over.</summary>
    public void End()
    {
        if (_stage.Length > 0)
        {
            _stages.Add(new StageRecord(_stage, Math.Round((context.CurrentUtcDateTime - _stageStarted).TotalSeconds, 3), _activities, _retries));
            _stage = "";
        }
    }
}
