using System.Buffers.Binary;
using System.Text;

namespace CellStitch.Segmentation.Tests;

/// <summary>
/// An ONNX file written field by field (onnx.proto), of another make than our own network: older opset, other names, a style output. It computes what bright discs need:
/// the direction in which the smoothed image rises, and "cell" where it is bright.
/// </summary>
internal sealed record HandmadeModel
{
    private const int Float = 1;
    private const int KernelSide = 17;
    private const double Sigma = 4;

    public int Opset { get; init; } = 13;

    public int IrVersion { get; init; } = 7;

    public int Channels { get; init; } = 2;

    public int Outputs { get; init; } = 3;

    /// <summary>Side of the images; 0 for any.</summary>
    public int Side { get; init; }

    /// <summary>Whether rows may be of another number than columns although both are fixed.</summary>
    public bool Oblong { get; init; }

    public bool SecondInput { get; init; }

    public bool Style { get; init; } = true;

    public byte[] Bytes()
    {
        float[] rise = Gradient();
        float[] ones = new float[2];
        Array.Fill(ones, 1);
        float[] bright = new float[Channels];
        bright[0] = 20;
        byte[] graph =
        [
            .. Node("Conv", ["picture", "kernel"], ["rise"], ("pads", Enumerable.Repeat(KernelSide / 2, 4).ToArray())),
            .. Node("Mul", ["rise", "rise"], ["squares"]),
            .. Node("Conv", ["squares", "ones"], ["sum"]),
            .. Node("Add", ["sum", "small"], ["positive"]),
            .. Node("Sqrt", ["positive"], ["length"]),
            .. Node("Div", ["rise", "length"], ["direction"]),
            .. Node("Mul", ["direction", "five"], ["flows"]),
            .. Node("Conv", ["picture", "bright", "threshold"], ["cell"]),
            .. Node("Concat", Outputs == 3 ? ["flows", "cell"] : ["flows", "cell", "cell"], ["T3"], ("axis", [1])),
            .. Node("GlobalAveragePool", ["T3"], ["style"]),
            .. Field(2, Text("handmade")),
            .. Tensor("kernel", [2, Channels, KernelSide, KernelSide], rise),
            .. Tensor("ones", [1, 2, 1, 1], ones),
            .. Tensor("small", [1], [1e-12f]),
            .. Tensor("five", [1], [5]),
            .. Tensor("bright", [1, Channels, 1, 1], bright),
            .. Tensor("threshold", [1], [-10]),
            .. Field(11, Value("picture", ["b", Channels, .. Edges()])),
            .. SecondInput ? Field(11, Value("diameter", [1])) : [],
            .. Field(12, Value("T3", ["b", Outputs, .. Edges()])),
            .. Style ? Field(12, Value("style", ["b", Outputs, 1, 1])) : [],
        ];
        return [.. Number(1, IrVersion), .. Field(2, Text("tests")), .. Field(7, graph), .. Field(8, [.. Field(1, []), .. Number(2, Opset)])];
    }

    private object[] Edges() => Side == 0 ? ["rows", "columns"] : [Side, Oblong ? 2 * Side : Side];

    // Derivative of a Gaussian along rows, then along columns, of the first channel. A convolution of ONNX is a correlation: ascending weights see ascending values.
    private float[] Gradient()
    {
        float[] weights = new float[2 * Channels * KernelSide * KernelSide];
        for (int y = 0; y < KernelSide; y++)
        {
            for (int x = 0; x < KernelSide; x++)
            {
                (double dy, double dx) = (y - (KernelSide / 2), x - (KernelSide / 2));
                double weight = Math.Exp(-((dy * dy) + (dx * dx)) / (2 * Sigma * Sigma));
                int at = (y * KernelSide) + x;
                weights[at] = (float)(dy * weight);
                weights[(Channels * KernelSide * KernelSide) + at] = (float)(dx * weight);
            }
        }

        return weights;
    }

    private static byte[] Node(string type, string[] inputs, string[] outputs, params (string Name, int[] Values)[] attributes) => Field(1,
    [
        .. inputs.SelectMany(input => Field(1, Text(input))),
        .. outputs.SelectMany(output => Field(2, Text(output))),
        .. Field(4, Text(type)),
        .. attributes.SelectMany(attribute => Field(5,
        [
            .. Field(1, Text(attribute.Name)),
            .. attribute.Name == "axis" ? Number(3, attribute.Values[0]) : attribute.Values.SelectMany(value => Number(8, value)),
            .. Number(20, attribute.Name == "axis" ? 2 : 7),
        ])),
    ]);

    private static byte[] Tensor(string name, int[] shape, float[] values)
    {
        byte[] raw = new byte[4 * values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(raw.AsSpan(4 * i), values[i]);
        }

        return Field(5, [.. shape.SelectMany(edge => Number(1, edge)), .. Number(2, Float), .. Field(8, Text(name)), .. Field(9, raw)]);
    }

    private static byte[] Value(string name, object[] shape)
    {
        byte[] edges = [.. shape.SelectMany(edge => Field(1, edge is int fixedEdge ? Number(1, fixedEdge) : Field(2, Text((string)edge))))];
        return [.. Field(1, Text(name)), .. Field(2, Field(1, [.. Number(1, Float), .. Field(2, edges)]))];
    }

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);

    private static byte[] Number(int field, int value) => [.. Varint(field << 3), .. Varint(value)];

    private static byte[] Field(int field, byte[] content) => [.. Varint((field << 3) | 2), .. Varint(content.Length), .. content];

    private static byte[] Varint(int value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7)
        {
            bytes.Add((byte)((value & 0x7f) | 0x80));
        }

        return [.. bytes, (byte)value];
    }
}
