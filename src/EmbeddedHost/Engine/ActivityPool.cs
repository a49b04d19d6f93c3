using System.Threading.Channels;
using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;

namespace CellStitch.EmbeddedHost.Engine;

/// <summary>Runs activities in the order they were asked for, so many at the same time.</summary>
internal sealed class ActivityPool : IDisposable
{
    private readonly Channel<Call> _calls = Channel.CreateUnbounded<Call>();
    private readonly CancellationTokenSource _taking = new();
    private readonly CancellationTokenSource _running = new();
    private readonly FunctionCalls _functions;
    private readonly ILogger _logger;
    private readonly Task[] _workers;

    public ActivityPool(FunctionCalls functions, int atOnce, ILogger logger)
    {
        (_functions, _logger) = (functions, logger);
        _workers = [.. Enumerable.Range(0, atOnce).Select(_ => Task.Run(WorkAsync))];
    }

    /// <summary>Puts a call into the queue.</summary>
    public void Enqueue(Instance caller, int generation, OrchestratorAction action)
    {
        _calls.Writer.TryWrite(new Call(caller, generation, action));
    }

    /// <summary>Begins no further activity and waits for the running ones; cancels them when the grace ends.</summary>
    public async Task StopAsync(CancellationToken graceEnded)
    {
        _taking.Cancel();
        try
        {
            await Task.WhenAll(_workers).WaitAsync(graceEnded).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (graceEnded.IsCancellationRequested)
        {
            await _running.CancelAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Leaves everything as it is: results of running activities are dropped.</summary>
    public void Dispose()
    {
        _taking.Cancel();
        _running.Cancel();
    }

    private async Task WorkAsync()
    {
        while (!_taking.IsCancellationRequested)
        {
            try
            {
                Call call = await _calls.Reader.ReadAsync(_taking.Token).ConfigureAwait(false);
                if (!call.Caller.HasEnded && await RunAsync(call).ConfigureAwait(false) is { } answer)
                {
                    call.Caller.Post(answer, call.Generation);
                }
            }
            catch (OperationCanceledException) when (_taking.IsCancellationRequested)
            {
                return;
            }
        }
    }

    /// <summary>How an activity ended; null when it was cancelled with the host, and runs again after the next start.</summary>
    private async Task<HistoryEvent?> RunAsync(Call call)
    {
        OrchestratorAction action = call.Action;
        string instanceId = call.Caller.State.InstanceId;
        _logger.ActivityBegins(action.Name!, instanceId, action.Id);
        try
        {
            object? result = await _functions.Activity(action.Name!, instanceId, action.Input, _running.Token).ConfigureAwait(false);
            return new HistoryEvent(HistoryEventKind.TaskCompleted) { Id = action.Id, Data = PayloadConverter.Instance.Serialize(result) };
        }
        catch (Exception) when (_running.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception fault)
        {
            _logger.ActivityFailed(action.Name!, instanceId, action.Id, fault);
            return new HistoryEvent(HistoryEventKind.TaskFailed) { Id = action.Id, Failure = TaskFailureDetails.FromException(fault) };
        }
    }

    private sealed record Call(Instance Caller, int Generation, OrchestratorAction Action);
}
