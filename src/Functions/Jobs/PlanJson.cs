using System.Text.Json;
using System.Text.Json.Serialization;
using CellStitch.Core.Stitching;

namespace CellStitch.Functions.Jobs;

/// <summary>JSON of our own intermediates.</summary>
internal static class PlanJson
{
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        IncludeFields = true,
        Converters = { new JsonStringEnumConverter() },
    };

    public static BinaryData Write<T>(T value) => BinaryData.FromObjectAsJson(value, Options);

    public static T Read<T>(BinaryData json) => json.ToObjectFromJson<T>(Options)!;
}

/// <summary>What the correction found: summary.json.</summary>
/// <param name="Found">The figures.</param>
/// <param name="LargestLabel">Decides the pixel type of labels.tif.</param>
internal sealed record RunSummary(StitchSummary Found, uint LargestLabel);
