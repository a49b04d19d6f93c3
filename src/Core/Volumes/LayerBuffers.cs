using System.Collections.Concurrent;

namespace CellStitch.Core.Volumes;

/// <summary>
/// Whole layers to work on, used again by the next part of a volume. The shared pool of .NET would keep one for every thread that ever gave one back; these are held
/// weakly, so a collection takes those that nobody works on.
/// </summary>
internal static class LayerBuffers
{
    private static readonly ConcurrentQueue<WeakReference<uint[]>> Free = new();

    /// <summary>Room for that many pixels, with any content.</summary>
    public static uint[] Rent(int pixels)
    {
        while (Free.TryDequeue(out WeakReference<uint[]>? kept))
        {
            // One of another size is of another volume: let it go.
            if (kept.TryGetTarget(out uint[]? buffer) && buffer.Length == pixels)
            {
                return buffer;
            }
        }

        return GC.AllocateUninitializedArray<uint>(pixels);
    }

    /// <summary>Gives it back.</summary>
    public static void Return(uint[] buffer) => Free.Enqueue(new WeakReference<uint[]>(buffer));
}
