using System.Runtime.CompilerServices;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace CellStitch.EmbeddedHost.Engine;

/// <summary>The instances a query asks for: ended ones as storage has them, living ones as they are now. A page has fewer than
/// <see cref="OrchestrationQuery.PageSize"/> where the filter leaves some out.</summary>
internal sealed class InstanceQuery(DurableEngine engine, OrchestrationQuery query) : AsyncPageable<OrchestrationMetadata>
{
    public override IAsyncEnumerable<Page<OrchestrationMetadata>> AsPages(string? continuationToken = null, int? pageSizeHint = null)
    {
        return PagesAsync(continuationToken ?? query.ContinuationToken, pageSizeHint ?? query.PageSize, CancellationToken.None);
    }

    /// <summary>The states of the instances a query asks for, without payloads.</summary>
    public static async IAsyncEnumerable<InstanceState> FindAsync(
        DurableEngine engine, OrchestrationQuery query, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach ((IReadOnlyList<InstanceState> states, _) in
            engine.Store.ListAsync(query.InstanceIdPrefix, query.PageSize, query.ContinuationToken, cancellation).ConfigureAwait(false))
        {
            foreach (InstanceState state in states.Select(state => engine.Find(state.InstanceId)?.State ?? state).Where(state => Fits(state, query)))
            {
                yield return state;
            }
        }
    }

    private async IAsyncEnumerable<Page<OrchestrationMetadata>> PagesAsync(
        string? from, int pageSize, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach ((IReadOnlyList<InstanceState> states, string? next) in
            engine.Store.ListAsync(query.InstanceIdPrefix, pageSize, from, cancellation).ConfigureAwait(false))
        {
            List<OrchestrationMetadata> page = [];
            foreach (InstanceState state in states)
            {
                InstanceState? now = engine.Find(state.InstanceId)?.State ?? state;
                if (!Fits(now, query))
                {
                    continue;
                }

                if (query.FetchInputsAndOutputs && ReferenceEquals(now, state))
                {
                    now = (await engine.Store.ReadAsync(state.InstanceId, cancellation).ConfigureAwait(false))?.State;
                }

                if (now is not null)
                {
                    page.Add(now.ToMetadata(query.FetchInputsAndOutputs));
                }
            }

            yield return new Page<OrchestrationMetadata>(page, next);
        }
    }

    private static bool Fits(InstanceState state, OrchestrationQuery query)
    {
        return (query.CreatedFrom is not { } from || state.CreatedAt >= from)
            && (query.CreatedTo is not { } to || state.CreatedAt <= to)
            && (query.Statuses is not { } statuses || statuses.Contains(state.Status));
    }
}
