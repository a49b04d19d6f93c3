using System.Buffers.Binary;
using System.Text;

namespace CellStitch.Core.Tests.IO.Npy;

/// <summary>Writes numpy files as numpy.save does, step by step: the pickle of protocol 3 (numpy 1) or 4 (numpy 2) that Cellpose's _seg.npy is.</summary>
internal sealed class HandmadeNpy
{
    private readonly List<byte> _pickle = [];
    private readonly bool _newer;
    private int _remembered;

    public HandmadeNpy(int protocol)
    {
        _newer = protocol == 4;
        Bytes(0x80, (byte)protocol);
    }

    /// <summary>A _seg.npy with these masks between the other entries of Cellpose.</summary>
    public static byte[] Segmentation(int protocol, string type, char order, int[] shape, byte[] masks)
    {
        var pickle = new HandmadeNpy(protocol);
        pickle.BeginObject();
        pickle.Text("outlines").Array("u1", '|', [2, 2], [0, 0, 0, 0]);
        pickle.Text("masks").Array(type, order, shape, masks);
        pickle.Text("chan_choose").List(() => pickle.Number(0).Number(0));
        pickle.Text("filename").Text("/data/stack.tif");
        pickle.Text("flows").List(() => pickle.Array("f4", '<', [1], [0, 0, 0, 0]).Bytes((byte)'N'));
        pickle.Text("est_diam").Scalar();
        pickle.Text("diameter").Bytes([(byte)'G', 0x40, 0x31, 0x80, 0, 0, 0, 0, 0]);
        return pickle.EndObject();
    }

    /// <summary>A file around a pickle or an array.</summary>
    public static byte[] File(string header, byte[] content)
    {
        byte[] words = Encoding.ASCII.GetBytes(header.PadRight(117) + "\n");
        byte[] length = new byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(length, (ushort)words.Length);
        return [0x93, .. "NUMPY"u8, 1, 0, .. length, .. words, .. content];
    }

    /// <summary>The array of no dimensions that numpy.save makes of a dict, up to the entries.</summary>
    public HandmadeNpy BeginObject()
    {
        NewArray();
        Bytes((byte)'(').Number(1).Bytes((byte)')');
        Type("O8", '|');
        return Bytes(0x89, (byte)']').Remember().Bytes((byte)'}').Remember().Bytes((byte)'(');
    }

    public byte[] EndObject()
    {
        Bytes((byte)'u', (byte)'a', (byte)'t', (byte)'b', (byte)'.');
        return File("{'descr': '|O', 'fortran_order': False, 'shape': (), }", [.. _pickle]);
    }

    public HandmadeNpy Array(string type, char order, int[] shape, byte[] data, bool fortran = false)
    {
        NewArray();
        Bytes((byte)'(').Number(1).Bytes((byte)'(');
        foreach (int edge in shape)
        {
            Number(edge);
        }

        Bytes((byte)'t').Remember();
        Type(type, order);
        byte[] length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, data.Length);
        return Bytes(fortran ? (byte)0x88 : (byte)0x89).Bytes([(byte)'B', .. length, .. data]).Remember().Bytes((byte)'t', (byte)'b');
    }

    public HandmadeNpy Name(string module, string name) => _newer
        ? Text(module).Text(name).Bytes(0x93).Remember()
        : Bytes([(byte)'c', .. Encoding.ASCII.GetBytes($"{module}\n{name}\n")]).Remember();

    public HandmadeNpy Text(string text)
    {
        byte[] letters = Encoding.UTF8.GetBytes(text);
        return (_newer ? Bytes([0x8c, (byte)letters.Length, .. letters]) : Bytes([(byte)'X', (byte)letters.Length, 0, 0, 0, .. letters])).Remember();
    }

    public HandmadeNpy Number(int number)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        return number is >= 0 and < 256 ? Bytes((byte)'K', (byte)number) : Bytes([(byte)'J', .. bytes]);
    }

    public HandmadeNpy List(Action items)
    {
        Bytes((byte)']').Remember().Bytes((byte)'(');
        items();
        return Bytes((byte)'e');
    }

    public HandmadeNpy Bytes(params byte[] bytes)
    {
        _pickle.AddRange(bytes);
        return this;
    }

    private void Scalar()
    {
        Name(Module, "scalar");
        Type("f8", '<');
        Bytes([(byte)'C', 8, 0, 0, 0, 0, 0, 0, 62, 64]).Remember().Bytes(0x86).Remember().Bytes((byte)'R').Remember();
    }

    private void NewArray()
    {
        Name(Module, "_reconstruct");
        Name("numpy", "ndarray");
        Number(0).Bytes(0x85).Remember().Bytes((byte)'C', 1, (byte)'b').Remember().Bytes(0x87).Remember().Bytes((byte)'R').Remember();
    }

    private void Type(string code, char order)
    {
        Name("numpy", "dtype");
        Text(code).Bytes(0x89, 0x88, 0x87).Remember().Bytes((byte)'R').Remember().Bytes((byte)'(').Number(3).Text($"{order}");
        Bytes((byte)'N', (byte)'N', (byte)'N').Number(-1).Number(-1).Number(0).Bytes((byte)'t').Remember().Bytes((byte)'b');
    }

    private string Module => _newer ? "numpy._core.multiarray" : "numpy.core.multiarray";

    private HandmadeNpy Remember() => _newer ? Bytes(0x94) : Bytes((byte)'q', (byte)_remembered++);
}
