namespace CellStitch.Core.IO.Npy;

/// <summary>The name of a Python function or class in a pickle; nothing is looked up or run.</summary>
/// <param name="Module">Its module.</param>
/// <param name="Name">Its name.</param>
internal sealed record PickledName(string Module, string Name);

/// <summary>A numpy type in a pickle.</summary>
/// <param name="code">Kind and bytes, e.g. <c>u2</c>.</param>
internal sealed class PickledType(string code)
{
    public string Code { get; } = code;

    public char Order { get; set; } = '=';
}

/// <summary>A numpy array in a pickle: described, not read.</summary>
internal sealed class PickledArray
{
    public IReadOnlyList<long> Shape { get; set; } = [];

    public PickledType? Type { get; set; }

    public bool Fortran { get; set; }

    /// <summary>Where its numbers lie, or a list of objects.</summary>
    public object? Data { get; set; }
}
