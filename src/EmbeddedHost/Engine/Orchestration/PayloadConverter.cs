using System.Text.Json;
using Microsoft.DurableTask;

namespace CellStitch.EmbeddedHost.Engine;

/// <summary>Writes payloads as the official Functions worker does: property names as they stand in the code unless an attribute says otherwise
/// (not camelCase), read without regard to case.</summary>
internal sealed class PayloadConverter : DataConverter
{
    /// <summary>Activity bindings must read with these options too.</summary>
    public static readonly JsonSerializerOptions Options = new() { PropertyNameCaseInsensitive = true };

    public static readonly PayloadConverter Instance = new();

    public override string? Serialize(object? value)
    {
        return value is null ? null : JsonSerializer.Serialize(value, value.GetType(), Options);
    }

    public override object? Deserialize(string? data, Type targetType)
    {
        return data is null ? null : JsonSerializer.Deserialize(data, targetType, Options);
    }
}
