using System.Security;
using CellStitch.Segmentation.Images;
using Microsoft.ML.OnnxRuntime;

namespace CellStitch.Segmentation.Flows;

/// <summary>A Cellpose-style network in ONNX format (docs/models.md, "The contract of a model"). Several threads may run it at once.</summary>
public sealed class FlowNetwork : IDisposable
{
    private const int Outputs = 3;

    // Side of the tiles of a model that takes images of any size.
    private const int DefaultTile = 256;

    private readonly InferenceSession _session;
    private readonly RunOptions _options = new();
    private readonly string _input;
    private readonly string _output;

    private FlowNetwork(InferenceSession session, string name)
    {
        _session = session;
        (_input, NodeMetadata input) = session.InputMetadata.First();
        (_output, NodeMetadata output) = session.OutputMetadata.First();
        Require(session.InputMetadata.Count == 1, $"{session.InputMetadata.Count} inputs; expected one.");
        Require(
            input.ElementType == typeof(float) && input.Dimensions is [_, 2, var height, var width] && height == width,
            $"an input {Describe(input)}; expected float32 [N, 2, H, W] with H and W free or equal.");
        Require(
            output.ElementType == typeof(float) && output.Dimensions is [_, Outputs or < 0, _, _],
            $"a first output {Describe(output)}; expected float32 [N, 3, H, W].");
        int side = input.Dimensions[2];
        Tiles = new Tiling(side > 0 ? side : DefaultTile, FixedSize: side > 0);
        Require(Tiles.Side % Tiling.Step == 0, $"images of {side} × {side} pixels; expected a multiple of {Tiling.Step}.");

        void Require(bool holds, string found)
        {
            if (!holds)
            {
                session.Dispose();
                throw new InvalidModelException($"{name}: the model has {found}");
            }
        }
    }

    internal Tiling Tiles { get; }

    /// <summary>The model that comes with the program.</summary>
    public static string DefaultModelPath { get; } = Path.Combine(AppContext.BaseDirectory, "backbone.onnx");

    /// <summary>Loads a model.</summary>
    /// <param name="path">An ONNX file.</param>
    /// <exception cref="InvalidModelException">The file is missing, is no ONNX model, or does not fulfil the contract.</exception>
    public static FlowNetwork Open(string path)
    {
        string name = Path.GetFileName(path);
        try
        {
            return Open(File.ReadAllBytes(path), name);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or SecurityException)
        {
            throw new InvalidModelException($"{name}: cannot be read ({unreadable.Message}).", unreadable);
        }
    }

    /// <summary>Loads a model from memory.</summary>
    /// <param name="model">The bytes of an ONNX file.</param>
    /// <param name="name">Name for messages.</param>
    /// <exception cref="InvalidModelException">The bytes are no ONNX model, or it does not fulfil the contract.</exception>
    public static FlowNetwork Open(byte[] model, string name)
    {
        // One thread per image: sums keep their order, so the output does not depend on the machine's load, and images run side by side instead.
        using var options = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1, ExecutionMode = ExecutionMode.ORT_SEQUENTIAL };
        options.LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR;
        InferenceSession session;
        try
        {
            session = new InferenceSession(model, options);
        }
        catch (OnnxRuntimeException invalid)
        {
            throw new InvalidModelException($"{name}: is no ONNX model that can be run ({invalid.Message}).", invalid);
        }

        return new FlowNetwork(session, name);
    }

    /// <summary>Runs the network over an image of any size.</summary>
    internal FlowField Run(GreyImage image) => Tiles.Run(image, RunTile);

    /// <inheritdoc/>
    public void Dispose()
    {
        _options.Dispose();
        _session.Dispose();
    }

    // The second channel (nuclei beside a membrane stain) stays empty: a stack has one channel here.
    private float[] RunTile(float[] cells, int height, int width)
    {
        float[] planes = new float[2 * cells.Length];
        cells.CopyTo(planes, 0);
        using OrtValue input = OrtValue.CreateTensorValueFromMemory(planes, [1, 2, height, width]);
        using IDisposableReadOnlyCollection<OrtValue> outputs = _session.Run(_options, [_input], [input], [_output]);
        ReadOnlySpan<float> values = outputs[0].GetTensorDataAsSpan<float>();
        return values.Length == Outputs * cells.Length
            ? values.ToArray()
            : throw new InvalidModelException($"The model returned {values.Length} numbers for {height} × {width} pixels; expected {Outputs * cells.Length}.");
    }

    private static string Describe(NodeMetadata node) => $"{node.ElementType.Name} [{string.Join(", ", node.Dimensions.Select(n => n < 0 ? "free" : $"{n}"))}]";
}

/// <summary>A model file that cannot be used; the message says why.</summary>
public sealed class InvalidModelException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">Which model, what was found, what was expected.</param>
    /// <param name="innerException">The runtime's own exception, where there is one.</param>
    public InvalidModelException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
