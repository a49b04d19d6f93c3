using System.Text.Json;
using System.Text.Json.Serialization;

namespace CellStitch.Core.Evaluation;

/// <summary>
/// The JSON of <c>evaluate --json</c> and of metrics.json's <c>evaluation</c>: camelCase, indented;
/// <c>JsonSerializer.Serialize(scores, EvaluationJson.Default.SegmentationScores)</c>.
/// </summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(SegmentationScores))]
public sealed partial class EvaluationJson : JsonSerializerContext;

/// <summary>Writes and reads <see cref="CellParts"/> as <c>[cell, [parts…]]</c>.</summary>
public sealed class CellPartsJson : JsonConverter<CellParts>
{
    /// <inheritdoc/>
    public override CellParts Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        Expect(ref reader, JsonTokenType.StartArray);
        reader.Read();
        uint cell = reader.GetUInt32();
        reader.Read();
        Expect(ref reader, JsonTokenType.StartArray);
        var parts = new List<uint>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            parts.Add(reader.GetUInt32());
        }

        reader.Read();
        Expect(ref reader, JsonTokenType.EndArray);
        return new CellParts(cell, parts);
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, CellParts value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        writer.WriteNumberValue(value.Cell);
        writer.WriteStartArray();
        foreach (uint part in value.Parts)
        {
            writer.WriteNumberValue(part);
        }

        writer.WriteEndArray();
        writer.WriteEndArray();
    }

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType token)
    {
        if (reader.TokenType != token)
        {
            throw new JsonException($"Found {reader.TokenType} where [cell, [parts…]] has {token}.");
        }
    }
}
