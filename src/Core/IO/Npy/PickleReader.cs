using System.Diagnostics.CodeAnalysis;
using CellStitch.Core.Volumes;

namespace CellStitch.Core.IO.Npy;

/// <summary>
/// Reads the pickle of a Cellpose <c>_seg.npy</c>: numbers, texts, lists, tuples, dicts and numpy arrays. It is no Python: of all that a pickle may ask for, only numpy's three ways
/// to describe an array are known, they are described and not called, and anything else is refused.
/// </summary>
/// <param name="file">Positioned at the pickle.</param>
internal sealed class PickleReader(NpyBytes file)
{
    // A hundred times what Cellpose writes for ten thousand cells; bounds time and memory.
    private const int MostSteps = 1 << 22;

    private const int NewestProtocol = 5;

    private static readonly object Mark = new();
    private static readonly object Number = new();
    private static readonly string[] ArrayModules = ["numpy.core.multiarray", "numpy._core.multiarray"];

    private readonly List<object?> _stack = [];
    private readonly Dictionary<uint, object?> _memo = [];

    /// <summary>Reads to the end of the pickle.</summary>
    /// <returns>
    /// What it describes: null, bool, long, string, <see cref="FileRange"/> for bytes, <c>List&lt;object?&gt;</c>, <c>object?[]</c> for tuples, <c>Dictionary&lt;string, object?&gt;</c>,
    /// <see cref="PickledArray"/>, or something without meaning for masks.
    /// </returns>
    public object? Read()
    {
        for (int step = 0; step < MostSteps; step++)
        {
            byte code = file.Byte();
            if (code == '.')
            {
                return Pop();
            }

            Step(code);
        }

        throw file.Damaged($"a pickle of more than {MostSteps} steps");
    }

    [SuppressMessage("Maintainability", "CA1502", Justification = "A line per opcode reads best beside the list in Python's pickletools.")]
    private void Step(byte code)
    {
        switch (code)
        {
            case 0x80:
                byte protocol = file.Byte();
                Require(protocol <= NewestProtocol, $"pickle protocol {protocol}");
                break;
            case 0x95:
                // A frame is a hint for buffering.
                _ = file.UInt64();
                break;
            case (byte)'(':
                _stack.Add(Mark);
                break;
            case (byte)'N':
                _stack.Add(null);
                break;
            case 0x88 or 0x89:
                _stack.Add(code == 0x88);
                break;
            case (byte)'K':
                _stack.Add((long)file.Byte());
                break;
            case (byte)'M':
                _stack.Add((long)file.UInt16());
                break;
            case (byte)'J':
                _stack.Add((long)file.Int32());
                break;
            case 0x8a:
                _stack.Add(LongOf(file.Byte()));
                break;
            case (byte)'G':
                _ = file.DoubleBigEndian();
                _stack.Add(Number);
                break;
            case 0x8c:
                _stack.Add(file.Text(file.Byte()));
                break;
            case (byte)'X':
                _stack.Add(file.Text(file.UInt32()));
                break;
            case 0x8d:
                _stack.Add(file.Text(file.UInt64()));
                break;
            case (byte)'C':
                _stack.Add(file.Skip(file.Byte()));
                break;
            case (byte)'B':
                _stack.Add(file.Skip(file.UInt32()));
                break;
            case 0x8e:
                _stack.Add(file.Skip(file.UInt64()));
                break;
            case (byte)']':
                _stack.Add(new List<object?>());
                break;
            case (byte)'}':
                _stack.Add(new Dictionary<string, object?>());
                break;
            case (byte)')':
                _stack.Add(Array.Empty<object?>());
                break;
            case 0x85 or 0x86 or 0x87:
                _stack.Add(Take(code - 0x84));
                break;
            case (byte)'t':
                _stack.Add(TakeToMark());
                break;
            case (byte)'a':
                object? item = Pop();
                Top<List<object?>>().Add(item);
                break;
            case (byte)'e':
                object?[] items = TakeToMark();
                Top<List<object?>>().AddRange(items);
                break;
            case (byte)'s':
                Set(Take(2));
                break;
            case (byte)'u':
                Set(TakeToMark());
                break;
            case (byte)'q':
                _memo[file.Byte()] = Top<object>();
                break;
            case (byte)'r':
                _memo[file.UInt32()] = Top<object>();
                break;
            case 0x94:
                _memo[(uint)_memo.Count] = Top<object>();
                break;
            case (byte)'h':
                _stack.Add(Remembered(file.Byte()));
                break;
            case (byte)'j':
                _stack.Add(Remembered(file.UInt32()));
                break;
            case (byte)'c':
                string module = file.Line();
                _stack.Add(Named(module, file.Line()));
                break;
            case 0x93:
                object?[] names = Take(2);
                _stack.Add(names is [string from, string name] ? Named(from, name) : throw file.Damaged("a name that is no text"));
                break;
            case (byte)'R':
                object?[] call = Take(2);
                _stack.Add(Described(call));
                break;
            case (byte)'b':
                object? state = Pop();
                Build(Top<object>(), state);
                break;
            default:
                throw file.Damaged($"the pickle step 0x{code:x2}, which masks do not need");
        }
    }

    private PickledName Named(string module, string name)
    {
        bool known = (ArrayModules.Contains(module) && name is "_reconstruct" or "scalar") || (module == "numpy" && name is "ndarray" or "dtype");
        return known
            ? new PickledName(module, name)
            : throw file.Fault(MaskFault.UnreadableTiff, $"names the Python object {module}.{name}, which may run code; expected numbers, texts and numpy arrays only, as Cellpose writes them.");
    }

    private object Described(object?[] call)
    {
        switch (call)
        {
            case [PickledName { Name: "_reconstruct" }, object?[]]:
                return new PickledArray();
            case [PickledName { Name: "dtype" }, object?[] and [string code, ..]]:
                return new PickledType(code);
            case [PickledName { Name: "scalar" }, object?[]]:
                return Number;
            default:
                throw file.Damaged("a call of something that describes no array");
        }
    }

    private void Build(object target, object? state)
    {
        switch (target, state)
        {
            case (PickledType type, object?[] and [_, string and [var order], ..]):
                type.Order = order;
                break;
            case (PickledArray array, object?[] and [_, object?[] shape, PickledType type, bool fortran, var data]):
                array.Shape = [.. shape.Select(edge => edge is long pixels ? pixels : throw file.Damaged("an array whose shape is no row of numbers"))];
                (array.Type, array.Fortran, array.Data) = (type, fortran, data);
                break;
            default:
                throw file.Damaged("a state of something that is no array");
        }
    }

    private void Set(object?[] entries)
    {
        Dictionary<string, object?> target = Top<Dictionary<string, object?>>();
        Require(entries.Length % 2 == 0, "a key without a value");
        for (int i = 0; i < entries.Length; i += 2)
        {
            target[entries[i] as string ?? throw file.Damaged("a key that is no text")] = entries[i + 1];
        }
    }

    // Whole numbers of more than 64 bits mean nothing here.
    private object LongOf(byte bytes)
    {
        long number = 0;
        int shift = 0;
        for (int i = 0; i < bytes; i++)
        {
            byte part = file.Byte();
            if (i < sizeof(long))
            {
                number |= (long)part << shift;
                shift += 8;
            }
        }

        // Two's complement: the sign is in the last byte.
        return bytes > sizeof(long) ? Number : shift is 0 or 64 ? number : unchecked(number << (64 - shift)) >> (64 - shift);
    }

    private object? Remembered(uint key) => _memo.TryGetValue(key, out object? value) ? value : throw file.Damaged($"a reference to entry {key}, which is not there");

    private object? Pop() => Take(1)[0];

    private T Top<T>() => _stack is [.., T top] ? top : throw file.Damaged("a step without the value it works on");

    private object?[] Take(int count)
    {
        Require(_stack.Count >= count && !_stack[^count..].Contains(Mark), "a step without the values it works on");
        object?[] taken = [.. _stack[^count..]];
        _stack.RemoveRange(_stack.Count - count, count);
        return taken;
    }

    private object?[] TakeToMark()
    {
        int mark = _stack.LastIndexOf(Mark);
        Require(mark >= 0, "a list without its beginning");
        object?[] taken = Take(_stack.Count - mark - 1);
        _stack.RemoveAt(mark);
        return taken;
    }

    private void Require(bool holds, string found)
    {
        if (!holds)
        {
            throw file.Damaged(found);
        }
    }
}
