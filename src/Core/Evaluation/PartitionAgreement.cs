namespace CellStitch.Core.Evaluation;

/// <summary>
/// Variation of information (Meilă 2007) and adapted Rand error (Arganda-Carreras et al. 2015) of two partitions of the voxels that
/// belong to a true cell. Predicted background is a segment like any other.
/// </summary>
/// <param name="Split">H(predicted | truth) in bits.</param>
/// <param name="Merge">H(truth | predicted) in bits.</param>
/// <param name="RandError">1 − F-score of voxel pairs.</param>
internal readonly record struct PartitionAgreement(double Split, double Merge, double RandError)
{
    public static PartitionAgreement Of(InstanceOverlap overlap)
    {
        if (overlap.Truth.IsEmpty || overlap.Predicted.IsEmpty)
        {
            return OfEmpty(overlap);
        }

        int background = overlap.Predicted.Length;
        InstancePair[] parts = [.. overlap.Pairs, .. Uncovered(overlap, background)];
        var segmentVoxels = new long[background + 1];
        foreach (InstancePair part in parts)
        {
            segmentVoxels[part.Predicted] += part.Voxels;
        }

        double split = 0;
        double merge = 0;
        Int128 pairsInBoth = 0;
        foreach (InstancePair part in parts)
        {
            split += part.Voxels * Math.Log2((double)overlap.Truth[part.Truth].Voxels / part.Voxels);
            merge += part.Voxels * Math.Log2((double)segmentVoxels[part.Predicted] / part.Voxels);
            pairsInBoth += VoxelPairs(part.Voxels);
        }

        double voxels = segmentVoxels.Sum();
        return new PartitionAgreement(split / voxels, merge / voxels, RandErrorOf(overlap, segmentVoxels, pairsInBoth));
    }

    private static PartitionAgreement OfEmpty(InstanceOverlap overlap)
    {
        // All true voxels lie in one segment, the predicted background: H(truth | predicted) is the entropy of the true sizes.
        double voxels = 0;
        foreach (Instance cell in overlap.Truth)
        {
            voxels += cell.Voxels;
        }

        double merge = 0;
        foreach (Instance cell in overlap.Truth)
        {
            merge += cell.Voxels / voxels * Math.Log2(voxels / cell.Voxels);
        }

        // By the formula a single missed cell would count as perfectly found, namely as the background.
        bool bothEmpty = overlap.Truth.IsEmpty && overlap.Predicted.IsEmpty;
        return new PartitionAgreement(0, merge, bothEmpty ? 0 : 1);
    }

    private static IEnumerable<InstancePair> Uncovered(InstanceOverlap overlap, int background)
    {
        var uncovered = new long[overlap.Truth.Length];
        for (int i = 0; i < uncovered.Length; i++)
        {
            uncovered[i] = overlap.Truth[i].Voxels;
        }

        foreach (InstancePair pair in overlap.Pairs)
        {
            uncovered[pair.Truth] -= pair.Voxels;
        }

        return uncovered.Select((voxels, truth) => new InstancePair(truth, background, voxels)).Where(part => part.Voxels > 0);
    }

    // 2 PR / (P + R) with P = both / predicted and R = both / truth is 2 both / (predicted + truth).
    private static double RandErrorOf(InstanceOverlap overlap, long[] segmentVoxels, Int128 pairsInBoth)
    {
        Int128 pairs = 0;
        foreach (Instance cell in overlap.Truth)
        {
            pairs += VoxelPairs(cell.Voxels);
        }

        foreach (long voxels in segmentVoxels)
        {
            pairs += VoxelPairs(voxels);
        }

        return pairs == 0 ? 0 : (double)(pairs - (2 * pairsInBoth)) / (double)pairs;
    }

    // Ordered pairs of different voxels; a volume of 2⁶² voxels has about 2¹²⁴.
    private static Int128 VoxelPairs(long voxels) => (Int128)voxels * (voxels - 1);
}
