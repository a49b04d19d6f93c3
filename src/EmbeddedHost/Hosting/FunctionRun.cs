using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace CellStitch.EmbeddedHost.Hosting;

/// <summary>One run of a function, as the function sees it (<see cref="FunctionContext"/>) and as its parameters are filled.</summary>
internal sealed class FunctionRun(
    FunctionDescription function,
    object? trigger,
    IReadOnlyDictionary<string, object?> values,
    DurableTaskClient durable,
    CancellationToken cancellation) : FunctionContext
{
    public override string InvocationId { get; } = Guid.NewGuid().ToString();

    public override string FunctionId => function.Id;

    public override FunctionDefinition FunctionDefinition => function;

    public override IServiceProvider InstanceServices { get; set; } = null!;

    public override IDictionary<object, object> Items { get; set; } = new Dictionary<object, object>();

    public override CancellationToken CancellationToken => cancellation;

    /// <summary>What ran the function: a request, a blob, a timer's state, an orchestration's context, an activity's input as JSON.</summary>
    public object? Trigger => trigger;

    /// <summary>Parts of the route or of the blob's path by their names in the template.</summary>
    public IReadOnlyDictionary<string, object?> Values => values;

    public DurableTaskClient Durable => durable;
}
