using CellStitch.Functions.Activities;
using CellStitch.Functions.Orchestrators;
using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace CellStitch.Functions.Tests;

/// <summary>No orchestration of a run schedules more than 500 tasks, however many parts there are; replay would get slow.</summary>
public sealed class OrchestrationSizeTests
{
    private const int MostTasks = 500;

    [Theory]
    [InlineData(1)]
    [InlineData(99)]
    [InlineData(101)]
    [InlineData(4_001)]
    [InlineData(1_234_567)]
    public async Task StitchVolume_ManyBatches_RunsEachOnceInShortOrchestrations(int batches)
    {
        var run = new Recorded(new Listed(batches, ComposedParts: 20_000));

        RunOutcome outcome = await StitchVolume.Run(run.Context("run"), new StitchRequest("job", []));

        Assert.Equal(RunState.Completed, outcome.State);
        Assert.InRange(run.LongestOrchestration, 1, MostTasks);
        Assert.Equal(Enumerable.Range(0, batches), run.Parts[nameof(Interpolate)].Order());
        Assert.Equal(Enumerable.Range(0, 20_000), run.Parts[nameof(Compose)].Order());
    }

    /// <summary>Answers for the activities, and follows sub-orchestrations.</summary>
    private sealed class Recorded(Listed listed)
    {
        public Dictionary<string, List<int>> Parts { get; } = [];

        public int LongestOrchestration { get; private set; }

        public TaskOrchestrationContext Context(string id) => new Orchestration(this, id);

        private object? Answer(string activity, object? input)
        {
            if (input is Part part)
            {
                if (!Parts.TryGetValue(activity, out List<int>? done))
                {
                    Parts.Add(activity, done = []);
                }

                done.Add(part.Index);
            }

            return activity switch
            {
                nameof(Inspect) => new Inspection([3, 8, 8], BlockLayers: 1, BlockRows: 8, Fused: false, Repack: 0, HashRanges: 0, FromRaw: false, Interpolate: true, Unchanged: false),
                nameof(Trace) => new Traced(Missing: 0),
                nameof(Correct) => new Corrected(Settled: true, Cells: 1),
                nameof(ListUnits) => listed,
                nameof(Publish) => 1,
                _ => null,
            };
        }

        private sealed class Orchestration(Recorded run, string id) : TaskOrchestrationContext
        {
            private int _tasks;

            public override TaskName Name => nameof(StitchVolume);

            public override string InstanceId => id;

            public override ParentOrchestrationInstance? Parent => null;

            public override DateTime CurrentUtcDateTime => DateTime.UnixEpoch;

            public override bool IsReplaying => false;

            protected override ILoggerFactory LoggerFactory => NullLoggerFactory.Instance;

            public override T? GetInput<T>()
                where T : default => throw new NotSupportedException();

            public override Task<TResult> CallActivityAsync<TResult>(TaskName name, object? input = null, TaskOptions? options = null)
            {
                Count();
                return Task.FromResult((TResult)run.Answer(name.Name, input)!);
            }

            public override async Task<TResult> CallSubOrchestratorAsync<TResult>(TaskName orchestratorName, object? input = null, TaskOptions? options = null)
            {
                Count();
                return (TResult)(object)await RunOfParts.Run(run.Context($"{id}-{_tasks}"), (PartsRequest)input!);
            }

            public override Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken) => throw new NotSupportedException();

            public override Task<T> WaitForExternalEvent<T>(string eventName, CancellationToken cancellationToken = default) => throw new NotSupportedException();

            public override void SendEvent(string instanceId, string eventName, object payload) => throw new NotSupportedException();

            public override void SetCustomStatus(object? customStatus)
            {
            }

            public override void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true) => throw new NotSupportedException();

            public override Guid NewGuid() => throw new NotSupportedException();

            private void Count() => run.LongestOrchestration = Math.Max(run.LongestOrchestration, ++_tasks);
        }
    }
}
