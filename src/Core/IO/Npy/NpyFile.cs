using System.Globalization;
using System.Text.RegularExpressions;
using CellStitch.Core.Volumes;

namespace CellStitch.Core.IO.Npy;

/// <summary>The layout of a numpy file: magic, version, a header in Python's words, then an array or, for <c>_seg.npy</c>, a pickled dict.</summary>
internal static partial class NpyFile
{
    // Cellpose's entry with the labels.
    private const string MasksKey = "masks";

    private const string PickledType = "O";

    public static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Finds the masks.</summary>
    /// <exception cref="InvalidMaskException">There are none, or the file is damaged.</exception>
    public static NpyArray Masks(NpyBytes file)
    {
        file.Skip((ulong)Magic.Length);
        byte version = file.Byte();
        _ = file.Byte();
        string header = file.Text(version == 1 ? file.UInt16() : file.UInt32());
        Match type = DescribedType().Match(header);
        Match order = FortranOrder().Match(header);
        Match shape = DescribedShape().Match(header);
        if (version is < 1 or > 3 || !type.Success || !order.Success || !shape.Success)
        {
            throw file.Damaged($"the header '{header.Trim()}' of version {version}");
        }

        if (type.Groups["code"].Value == PickledType)
        {
            return OfSegmentation(file);
        }

        long[] edges = [.. shape.Groups["edge"].Captures.Select(edge => long.TryParse(edge.Value, CultureInfo.InvariantCulture, out long pixels)
            ? pixels
            : throw file.Damaged($"the header '{header.Trim()}'"))];
        var array = new PickledArray
        {
            Shape = edges,
            Type = new PickledType(type.Groups["code"].Value) { Order = type.Groups["order"].Value[0] },
            Fortran = order.Groups["fortran"].Value == "True",
            Data = new FileRange(file.Position, file.Length - file.Position),
        };
        return Numbers(array, file);
    }

    private static NpyArray OfSegmentation(NpyBytes file) => new PickleReader(file).Read() switch
    {
        PickledArray { Data: List<object?> and [Dictionary<string, object?> entries] } => entries.GetValueOrDefault(MasksKey) is PickledArray masks
            ? Numbers(masks, file)
            : throw file.Fault(MaskFault.NotLabels, $"a dict without the array '{MasksKey}' (it has {string.Join(", ", entries.Keys)}); expected Cellpose's _seg.npy."),
        _ => throw file.Fault(MaskFault.NotLabels, "Python objects that are no dict; expected Cellpose's _seg.npy."),
    };

    private static NpyArray Numbers(PickledArray array, NpyBytes file)
    {
        if (array.Type is null || NpyType.Of(array.Type.Code, array.Type.Order) is not { } type)
        {
            throw file.Fault(MaskFault.NotLabels, $"masks of numpy type {array.Type?.Code ?? "?"}; expected whole numbers of 8 to 64 bits, or floats of 32 or 64.");
        }

        // With one row, one column or one layer of one the two orders may be the same; numpy then says C.
        return array is { Fortran: false, Data: FileRange data }
            ? new NpyArray(array.Shape, type, data)
            : throw file.Fault(MaskFault.NotLabels, "masks in Fortran order; expected C order (numpy.ascontiguousarray).");
    }

    [GeneratedRegex("""'descr':\s*'(?<order>[<>|=])(?<code>\w+)'""")]
    private static partial Regex DescribedType();

    [GeneratedRegex("""'fortran_order':\s*(?<fortran>True|False)""")]
    private static partial Regex FortranOrder();

    [GeneratedRegex("""'shape':\s*\((?:(?<edge>\d+)(?:,\s*)?)*\)""")]
    private static partial Regex DescribedShape();
}
