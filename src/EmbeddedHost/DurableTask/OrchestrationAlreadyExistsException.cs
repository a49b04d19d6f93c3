namespace DurableTask.Core.Exceptions;

/// <summary>An orchestration of that instance id exists and must not be replaced.</summary>
public class OrchestrationAlreadyExistsException : Exception
{
    /// <summary>A failed start.</summary>
    public OrchestrationAlreadyExistsException()
    {
    }

    /// <summary>A failed start.</summary>
    /// <param name="message">Which instance exists.</param>
    public OrchestrationAlreadyExistsException(string message)
        : base(message)
    {
    }

    /// <summary>A failed start.</summary>
    /// <param name="message">Which instance exists.</param>
    /// <param name="innerException">What told so.</param>
    public OrchestrationAlreadyExistsException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
