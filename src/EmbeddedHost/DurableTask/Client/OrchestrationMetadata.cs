using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Microsoft.DurableTask.Client;

/// <summary>The state of an orchestration as clients see it.</summary>
public sealed class OrchestrationMetadata
{
    /// <summary>The state of an instance.</summary>
    /// <param name="name">The orchestrator function's name.</param>
    /// <param name="instanceId">The instance id.</param>
    public OrchestrationMetadata(string name, string instanceId)
    {
        Name = name;
        InstanceId = instanceId;
    }

    /// <summary>The orchestrator function's name.</summary>
    public string Name { get; }

    /// <summary>The instance id.</summary>
    public string InstanceId { get; }

    /// <summary>Reads the payloads; null when they were not asked for.</summary>
    public DataConverter? DataConverter { get; init; }

    /// <summary>What the orchestration is doing.</summary>
    public OrchestrationRuntimeStatus RuntimeStatus { get; init; }

    /// <summary>When it was started.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it last made a step.</summary>
    public DateTimeOffset LastUpdatedAt { get; init; }

    /// <summary>Its input; null when there is none or it was not asked for.</summary>
    public string? SerializedInput { get; init; }

    /// <summary>Its output; null when there is none yet or it was not asked for.</summary>
    public string? SerializedOutput { get; init; }

    /// <summary>Its custom status; null when there is none or it was not asked for.</summary>
    public string? SerializedCustomStatus { get; init; }

    /// <summary>What went wrong; null unless it failed and inputs and outputs were asked for.</summary>
    public TaskFailureDetails? FailureDetails { get; init; }

    /// <summary>Whether it has begun and not ended.</summary>
    public bool IsRunning => RuntimeStatus == OrchestrationRuntimeStatus.Running;

    /// <summary>Whether it has ended, in whatever way.</summary>
    public bool IsCompleted => RuntimeStatus
        is OrchestrationRuntimeStatus.Completed or OrchestrationRuntimeStatus.Failed or OrchestrationRuntimeStatus.Terminated;

    [MemberNotNullWhen(true, nameof(DataConverter))]
    private bool HasPayloads => DataConverter is not null;

    /// <summary>The input.</summary>
    /// <typeparam name="T">The input's type.</typeparam>
    /// <exception cref="InvalidOperationException">Inputs and outputs were not asked for.</exception>
    public T? ReadInputAs<T>()
    {
        return Read<T>(SerializedInput);
    }

    /// <summary>The output.</summary>
    /// <typeparam name="T">The output's type.</typeparam>
    /// <exception cref="InvalidOperationException">Inputs and outputs were not asked for.</exception>
    public T? ReadOutputAs<T>()
    {
        return Read<T>(SerializedOutput);
    }

    /// <summary>The custom status.</summary>
    /// <typeparam name="T">The custom status's type.</typeparam>
    /// <exception cref="InvalidOperationException">Inputs and outputs were not asked for.</exception>
    public T? ReadCustomStatusAs<T>()
    {
        return Read<T>(SerializedCustomStatus);
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        string failure = FailureDetails is null ? "" : $", FailureDetails: '{FailureDetails}'";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"[Name: '{Name}', ID: '{InstanceId}', RuntimeStatus: {RuntimeStatus}, CreatedAt: {CreatedAt:s}, LastUpdatedAt: {LastUpdatedAt:s}{failure}]");
    }

    private T? Read<T>(string? data)
    {
        return HasPayloads
            ? DataConverter.Deserialize<T>(data)
            : throw new InvalidOperationException($"The state of '{InstanceId}' was fetched without inputs and outputs; ask for them with getInputsAndOutputs");
    }
}
