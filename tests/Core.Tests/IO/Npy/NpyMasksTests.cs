using System.Diagnostics;
using CellStitch.Core.IO.Npy;
using CellStitch.Core.Volumes;
using CellStitch.Tests;

namespace CellStitch.Core.Tests.IO.Npy;

public sealed class NpyMasksTests : IDisposable
{
    private const string Python = "/usr/bin/python3";

    private static readonly byte[] Labels16 = [0, 0, 1, 0, 0, 0, 2, 1, 3, 0, 0, 0];
    private static readonly uint[] Labels = [0, 1, 0, 258, 3, 0];

    private readonly string _folder = Directory.CreateTempSubdirectory("cellstitch-npy-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public void Read_SegmentationOfAVolume_GivesItsMasks(int protocol)
    {
        LabelVolume masks = Read(HandmadeNpy.Segmentation(protocol, "u2", '<', [3, 1, 2], Labels16));

        Assert.Equal(new VolumeShape(3, 1, 2), masks.Shape);
        Assert.Equal(Labels, masks.Voxels.ToArray());
        Assert.Null(masks.VoxelSize);
    }

    [Fact]
    public void Read_SegmentationOfAnImage_IsOneLayer() =>
        Assert.Equal(new VolumeShape(1, 2, 3), Read(HandmadeNpy.Segmentation(3, "u2", '<', [2, 3], Labels16)).Shape);

    [Theory]
    [InlineData("u1", '|', new byte[] { 0, 1, 0, 2 })]
    [InlineData("i4", '<', new byte[] { 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0 })]
    [InlineData("i4", '>', new byte[] { 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2 })]
    [InlineData("f4", '<', new byte[] { 0, 0, 0, 0, 0, 0, 0x80, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0x40 })]
    [InlineData("i8", '<', new byte[] { 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0 })]
    public void Read_AnyTypeOfWholeNumbers_GivesTheSameLabels(string type, char order, byte[] data)
    {
        uint[] expected = [0, 1, 0, 2];
        Assert.Equal(expected, Read(HandmadeNpy.Segmentation(3, type, order, [1, 2, 2], data)).Voxels.ToArray());
        Assert.Equal(expected, Read(HandmadeNpy.File($"{{'descr': '{order}{type}', 'fortran_order': False, 'shape': (1, 2, 2), }}", data)).Voxels.ToArray());
    }

    [Fact]
    public void OpenRows_FromTheMiddle_GivesTheRestOfTheLayer()
    {
        using NpyMasks masks = Open(HandmadeNpy.Segmentation(4, "u2", '<', [1, 3, 2], Labels16));
        using IRowReader rows = masks.OpenRows(0, 1);
        uint[] read = new uint[4];
        rows.Read(read);
        Assert.Equal(Labels[2..], read);
    }

    [Fact]
    public void Read_FileOfNumpy_GivesItsMasks()
    {
        const string Script = "import numpy as n, sys; n.save(sys.argv[1], {'outlines': n.zeros((2,3,300)), 'masks': n.arange(1800, dtype=n.uint16).reshape(2,3,300), "
            + "'colors': n.zeros((2,3),n.uint8), 'flows': [n.zeros((4,5),n.float32), [], None], 'ismanual': n.zeros(2,bool), 'filename': 'a.tif', 'zdraw': [None]*2000, 'est_diam': n.float64(30)})";
        string path = Path.Combine(_folder, "numpy_seg.npy");
        if (Start("import numpy") != 0)
        {
            SharedData.SkipOrFail("numpy is not installed (Debian package python3-numpy)");
        }

        Assert.Equal(0, Start(Script, path));

        using var masks = NpyMasks.Open(path);
        Assert.Equal(Enumerable.Range(0, 1800).Select(label => (uint)label), LabelVolume.From(masks).Voxels.ToArray());
    }

    [Fact]
    public void Open_FileCutOffAnywhere_SaysSo()
    {
        byte[] whole = HandmadeNpy.Segmentation(3, "u2", '<', [3, 1, 2], Labels16);
        for (int length = 6; length < whole.Length; length++)
        {
            var fault = Assert.Throws<InvalidMaskException>(() => Open(whole[..length]));
            Assert.Equal(MaskFault.UnreadableTiff, fault.Fault);
        }
    }

    [Theory]
    [InlineData("posix", "system")]
    [InlineData("builtins", "eval")]
    [InlineData("numpy", "load")]
    [InlineData("numpy.core.multiarray", "fromfile")]
    public void Open_PickleThatNamesAnotherObject_IsRefusedByName(string module, string name)
    {
        foreach (int protocol in new[] { 3, 4 })
        {
            HandmadeNpy pickle = new HandmadeNpy(protocol).BeginObject().Text("masks").Name(module, name);
            string message = Refusal(pickle.Text("echo").Bytes(0x85, (byte)'R').EndObject());
            Assert.Contains($"names the Python object {module}.{name}", message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData((byte)'i')]
    [InlineData((byte)'o')]
    [InlineData((byte)'P')]
    [InlineData((byte)'Q')]
    [InlineData((byte)0x81)]
    [InlineData((byte)0x82)]
    [InlineData((byte)0x92)]
    [InlineData((byte)'0')]
    public void Open_PickleWithAnotherStep_IsRefused(byte code) =>
        Assert.Contains($"the pickle step 0x{code:x2}", Refusal(new HandmadeNpy(3).BeginObject().Text("masks").Bytes(code).EndObject()), StringComparison.Ordinal);

    [Fact]
    public void Open_CallOfAnArrayInsteadOfItsDescription_IsRefused() =>
        Assert.Contains("a call of something that describes no array", Refusal(new HandmadeNpy(3).BeginObject().Text("masks").Name("numpy", "ndarray").Number(1).Bytes(0x85, (byte)'R').EndObject()), StringComparison.Ordinal);

    [Theory]
    [InlineData(new[] { 1 << 20, 1 << 20, 1 << 20 }, "expected at most 268435456 pixels a layer")]
    [InlineData(new[] { int.MaxValue, int.MaxValue, int.MaxValue }, "expected at most 268435456 pixels a layer")]
    [InlineData(new[] { 3, 2, 2 }, "in 12 bytes; expected 24 bytes")]
    [InlineData(new[] { 6 }, "masks of shape (6); expected (layers, rows, columns) or (rows, columns)")]
    [InlineData(new[] { 0, 2, 2 }, "each at least 1")]
    [InlineData(new[] { -1, 2, 3 }, "each at least 1")]
    public void Open_ImpossibleShape_SaysWhatWasFound(int[] shape, string expected) =>
        Assert.Contains(expected, Refusal(HandmadeNpy.Segmentation(3, "u2", '<', shape, Labels16)), StringComparison.Ordinal);

    [Fact]
    public void Open_MasksThatAreMissing_SaysWhatThereIs() =>
        Assert.Contains("(it has outline)", Refusal(new HandmadeNpy(3).BeginObject().Text("outline").Array("u1", '|', [1, 1], [0]).EndObject()), StringComparison.Ordinal);

    [Theory]
    [InlineData("f2")]
    [InlineData("c8")]
    [InlineData("U4")]
    public void Open_TypeThatHoldsNoLabels_IsRefused(string type) =>
        Assert.Contains($"masks of numpy type {type}", Refusal(HandmadeNpy.Segmentation(3, type, '<', [3, 1, 2], Labels16)), StringComparison.Ordinal);

    [Fact]
    public void Open_FortranOrder_IsRefused() =>
        Assert.Contains("Fortran order", Refusal(new HandmadeNpy(3).BeginObject().Text("masks").Array("u1", '|', [2, 2], [0, 1, 2, 3], fortran: true).EndObject()), StringComparison.Ordinal);

    [Theory]
    [InlineData("f4", new byte[] { 0, 0, 0, 0x3f }, "the pixel in row 0, column 0 is 0.5")]
    [InlineData("i4", new byte[] { 255, 255, 255, 255 }, "is -1")]
    public void Read_PixelThatIsNoLabel_SaysWhere(string type, byte[] data, string expected)
    {
        using NpyMasks masks = Open(HandmadeNpy.Segmentation(3, type, '<', [1, 1], data));
        var fault = Assert.Throws<InvalidMaskException>(() => LabelVolume.From(masks));
        Assert.Equal(MaskFault.NotLabels, fault.Fault);
        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_TextOfGigabytes_IsRefusedBeforeItIsRead() =>
        Assert.Contains("a text of 4294967295 bytes", Refusal(new HandmadeNpy(3).BeginObject().Bytes((byte)'X', 255, 255, 255, 255).EndObject()), StringComparison.Ordinal);

    private static int Start(string script, params string[] args)
    {
        if (!File.Exists(Python))
        {
            return -1;
        }

        using Process process = Process.Start(new ProcessStartInfo(Python, ["-c", script, .. args]) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode;
    }

    private string Refusal(byte[] file) => Assert.Throws<InvalidMaskException>(() => Open(file)).Message;

    private LabelVolume Read(byte[] file)
    {
        using NpyMasks masks = Open(file);
        return LabelVolume.From(masks);
    }

    private NpyMasks Open(byte[] file)
    {
        string path = Path.Combine(_folder, "stack_seg.npy");
        File.WriteAllBytes(path, file);
        return NpyMasks.Open(path);
    }
}
