using System.Reflection;
using CellStitch.EmbeddedHost.Engine;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;

namespace CellStitch.EmbeddedHost.Hosting;

/// <summary>Runs functions: a scope of services and an instance of the class for each run.</summary>
internal sealed class FunctionInvoker(FunctionCatalog catalog, HostJson hostJson, TimeProvider time, IServiceProvider services)
{
    private static readonly Dictionary<string, object?> NoValues = [];

    /// <summary>Where the engine finds the orchestrator and activity functions.</summary>
    public FunctionCalls Calls => new(RunOrchestrator, RunActivity);

    /// <summary>The client that functions get; set before anything runs.</summary>
    public DurableTaskClient Durable { get; set; } = null!;

    /// <summary>Runs a function for at most the time that host.json allows.</summary>
    /// <param name="function">The function.</param>
    /// <param name="trigger">What ran it.</param>
    /// <param name="values">Parts of the route or path.</param>
    /// <param name="cancellation">Ends the run early.</param>
    /// <returns>What the function returned; null when it returns nothing.</returns>
    /// <exception cref="TimeoutException">The function gave up because the time was over.</exception>
    public async Task<object?> Run(
        FunctionDescription function, object? trigger, IReadOnlyDictionary<string, object?>? values, CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(hostJson.FunctionTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        try
        {
            return await Call(function, trigger, values ?? NoValues, either.Token);
        }
        catch (OperationCanceledException error) when (timeout.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new TimeoutException(
                $"Function {function.Name} ran longer than the {hostJson.FunctionTimeout} that host.json allows (functionTimeout).", error);
        }
    }

    private Task<object?> RunActivity(string name, string instanceId, string? input, CancellationToken cancellation)
    {
        return Run(
            catalog.Durable<ActivityTriggerAttribute>(name),
            input,
            new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase) { [ParameterSources.InstanceId] = instanceId },
            cancellation);
    }

    private Task<object?> RunOrchestrator(string name, TaskOrchestrationContext context)
    {
        // Replayed code has no clock: it is not timed.
        return Call(catalog.Durable<OrchestrationTriggerAttribute>(name), context, NoValues, CancellationToken.None);
    }

    private async Task<object?> Call(
        FunctionDescription function, object? trigger, IReadOnlyDictionary<string, object?> values, CancellationToken cancellation)
    {
        await using AsyncServiceScope scope = services.CreateAsyncScope();
        var run = new FunctionRun(function, trigger, values, Durable, cancellation) { InstanceServices = scope.ServiceProvider };
        object? instance = function.Method.IsStatic
            ? null
            : ActivatorUtilities.CreateInstance(scope.ServiceProvider, function.Method.DeclaringType!);
        object?[] arguments = Array.ConvertAll(function.Parameters, source => source(run));
        try
        {
            object? returned = function.Method.Invoke(instance, BindingFlags.DoNotWrapExceptions, null, arguments, null);
            return await Result(returned, function.Method.ReturnType);
        }
        finally
        {
            await ActivatedInstance.Dispose(instance);
        }
    }

    private static async Task<object?> Result(object? returned, Type type)
    {
        bool generic = type.IsGenericType;
        if (generic && type.GetGenericTypeDefinition() == typeof(ValueTask<>))
        {
            returned = type.GetMethod(nameof(ValueTask<>.AsTask))!.Invoke(returned, null);
        }

        switch (returned)
        {
            case ValueTask task:
                await task;
                return null;
            case Task task:
                await task;
                return generic ? task.GetType().GetProperty(nameof(Task<>.Result))!.GetValue(task) : null;
            default:
                return returned;
        }
    }
}

/// <summary>Instances made for one run are not known to the scope that would dispose them.</summary>
file static class ActivatedInstance
{
    public static async ValueTask Dispose(object? instance)
    {
        if (instance is IAsyncDisposable asynchronous)
        {
            await asynchronous.DisposeAsync();
        }
        else
        {
            (instance as IDisposable)?.Dispose();
        }
    }
}
