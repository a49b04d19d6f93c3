namespace Microsoft.Azure.Functions.Worker;

/// <summary>One run of a function.</summary>
public abstract class FunctionContext
{
    /// <summary>An id of this run alone.</summary>
    public abstract string InvocationId { get; }

    /// <summary>The function's id.</summary>
    public abstract string FunctionId { get; }

    /// <summary>The function that runs.</summary>
    public abstract FunctionDefinition FunctionDefinition { get; }

    /// <summary>The services of this run; they end with it.</summary>
    public abstract IServiceProvider InstanceServices { get; set; }

    /// <summary>Values that parts of this run hand to each other.</summary>
    public abstract IDictionary<object, object> Items { get; set; }

    /// <summary>Cancelled when the run shall stop: the time allowed by host.json is over, the host stops, the caller has gone.</summary>
    public virtual CancellationToken CancellationToken { get; }
}

/// <summary>A function of the app.</summary>
public abstract class FunctionDefinition
{
    /// <summary>The file of the assembly that holds it.</summary>
    public abstract string PathToAssembly { get; }

    /// <summary>Class and method, e.g. <c>CellStitch.Functions.JobsApi.List</c>.</summary>
    public abstract string EntryPoint { get; }

    /// <summary>Its id.</summary>
    public abstract string Id { get; }

    /// <summary>Its name.</summary>
    public abstract string Name { get; }
}
