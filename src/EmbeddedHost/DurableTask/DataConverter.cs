using System.Diagnostics.CodeAnalysis;

namespace Microsoft.DurableTask;

/// <summary>Writes inputs, outputs, events and states as text and reads them back.</summary>
public abstract class DataConverter
{
    /// <summary>The text of a value; null for null.</summary>
    /// <param name="value">The value.</param>
    [return: NotNullIfNotNull(nameof(value))]
    public abstract string? Serialize(object? value);

    /// <summary>The value of a text; null for null.</summary>
    /// <param name="data">The text.</param>
    /// <param name="targetType">The value's type.</param>
    [return: NotNullIfNotNull(nameof(data))]
    public abstract object? Deserialize(string? data, Type targetType);

    /// <summary>The value of a text; the default of <typeparamref name="T"/> for null.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="data">The text.</param>
    [return: NotNullIfNotNull(nameof(data))]
    public virtual T? Deserialize<T>(string? data)
    {
        return (T?)(Deserialize(data, typeof(T)) ?? default(T));
    }
}
