namespace Microsoft.DurableTask;

/// <summary>The name of an orchestrator or activity function. Names are compared without regard to case.</summary>
public readonly struct TaskName : IEquatable<TaskName>
{
    /// <summary>Names a function.</summary>
    /// <param name="name">The name given in <c>[Function]</c>.</param>
    public TaskName(string name)
    {
        Name = name;
    }

    /// <summary>The name given in <c>[Function]</c>.</summary>
    public string Name { get; }

    /// <summary>Names a function by a string; null and "" give the default value.</summary>
    /// <param name="value">The name.</param>
    public static implicit operator TaskName(string value)
    {
        return string.IsNullOrEmpty(value) ? default : new TaskName(value);
    }

    /// <summary>The name as a string.</summary>
    /// <param name="value">The name.</param>
    public static implicit operator string(TaskName value)
    {
        return value.Name;
    }

    /// <summary>Whether two names are equal.</summary>
    /// <param name="a">One name.</param>
    /// <param name="b">Another name.</param>
    public static bool operator ==(TaskName a, TaskName b)
    {
        return a.Equals(b);
    }

    /// <summary>Whether two names differ.</summary>
    /// <param name="a">One name.</param>
    /// <param name="b">Another name.</param>
    public static bool operator !=(TaskName a, TaskName b)
    {
        return !a.Equals(b);
    }

    /// <inheritdoc/>
    public bool Equals(TaskName other)
    {
        return string.Equals(Name, other.Name, StringComparison.OrdinalIgnoreCase);
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj)
    {
        return obj is TaskName other && Equals(other);
    }

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        return Name is null ? 0 : StringComparer.OrdinalIgnoreCase.GetHashCode(Name);
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        return Name;
    }
}
