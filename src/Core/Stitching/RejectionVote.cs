namespace CellStitch.Core.Stitching;

/// <summary>
/// The vote of the XZ and YZ masks against a match. Each pixel of a target slice has two votes, one per projection; it rejects where the projection
/// has a cell in both layers and the labels differ. A pixel with background on either side abstains, which counts in favour.
/// </summary>
public static class RejectionVote
{
    /// <summary>Rejecting votes of all pixels of each target slice, wherever they lie.</summary>
    /// <param name="pair">The layer pair.</param>
    /// <returns>For each dense target index y the number of rejecting votes, 0 … 2|y|. Entry 0 is not used.</returns>
    public static int[] Count(LayerPair pair)
    {
        var rejecting = new int[pair.Targets.Length + 1];
        foreach (SliceOverlap overlap in pair.Overlaps)
        {
            rejecting[overlap.Target] += overlap.Rejecting;
        }

        return rejecting;
    }

    /// <summary>Whether a match stands: rejecting / (2|y|) ≤ threshold. Equality accepts, as in the authors' code.</summary>
    /// <param name="rejecting">Rejecting votes of the target slice.</param>
    /// <param name="targetPixels">|y| in pixels.</param>
    /// <param name="threshold">Largest share of rejecting votes, in [0, 1].</param>
    public static bool Accepts(int rejecting, int targetPixels, double threshold) => rejecting <= threshold * 2 * targetPixels;
}
