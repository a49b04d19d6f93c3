using CellStitch.Core.IO;
using CellStitch.Core.Volumes;

namespace CellStitch.Compare;

/// <summary>Label volumes on disk.</summary>
internal static class LabelFile
{
    public static void Write(string path, LabelVolume volume)
    {
        using TiffWriter writer = TiffWriter.Create(path, StackCase.Threads);
        volume.CopyTo(writer, volume.LargestLabel());
    }

    public static LabelVolume Read(string path)
    {
        using TiffReader reader = TiffReader.Open(path);
        return LabelVolume.From(reader);
    }
}
