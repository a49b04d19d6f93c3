using CellStitch.Core.Volumes;

namespace CellStitch.Segmentation.Systems;

/// <summary>
/// Joins regions by the mean boundary probability between them, least first, until no mean is below the limit (GASP with average linkage, Bailoni et al. 2022). The mean runs over all
/// pairs of neighbouring voxels on the two sides, so larger contacts weigh more when contacts add up.
/// </summary>
internal sealed class AverageLinkage
{
    private readonly Dictionary<int, Contact>[] _contacts;
    private readonly int[] _parents;
    private readonly PriorityQueue<(int A, int B, int Voxels), (double Mean, int A, int B)> _queue = new();

    private AverageLinkage(int regions)
    {
        _contacts = [.. Enumerable.Range(0, regions + 1).Select(_ => new Dictionary<int, Contact>())];
        _parents = [.. Enumerable.Range(0, regions + 1)];
    }

    /// <summary>Joins regions in place.</summary>
    /// <param name="map">The boundaries.</param>
    /// <param name="labels">Regions 1 … n, gaps allowed; 0 is none. Changed.</param>
    /// <param name="limit">Regions are joined while the mean is below it, in [0, 1].</param>
    /// <param name="cancellation">Checked before the joining.</param>
    public static void Join(BoundaryMap map, int[] labels, double limit, CancellationToken cancellation)
    {
        var regions = new AverageLinkage(labels.Max());
        regions.Touch(map, labels);
        cancellation.ThrowIfCancellationRequested();
        regions.Join(limit);
        for (int i = 0; i < labels.Length; i++)
        {
            labels[i] = regions.Find(labels[i]);
        }
    }

    private void Touch(BoundaryMap map, int[] labels)
    {
        VolumeShape shape = map.Shape;
        for (int i = 0; i < labels.Length; i++)
        {
            Meet(i, i % shape.Width < shape.Width - 1, i + 1);
            Meet(i, i / shape.Width % shape.Height < shape.Height - 1, i + shape.Width);
            Meet(i, i / shape.LayerPixels < shape.Depth - 1, i + shape.LayerPixels);
        }

        void Meet(int i, bool exists, int other)
        {
            if (exists && labels[i] != labels[other] && labels[i] > 0 && labels[other] > 0)
            {
                int a = Math.Min(labels[i], labels[other]);
                int b = Math.Max(labels[i], labels[other]);
                // Each of a pair counts half, as in the means of region graphs; only the smaller region of a contact keeps it until all are counted.
                Contact before = _contacts[a].GetValueOrDefault(b);
                _contacts[a][b] = new Contact(before.Sum + map.Probability[i] + map.Probability[other], before.Voxels + 2);
            }
        }
    }

    private void Join(double limit)
    {
        for (int a = 0; a < _contacts.Length; a++)
        {
            foreach ((int b, Contact contact) in _contacts[a].Where(touching => touching.Key > a).ToArray())
            {
                _contacts[b][a] = contact;
                Enter(a, b, contact);
            }
        }

        while (_queue.TryDequeue(out (int A, int B, int Voxels) pair, out (double Mean, int A, int B) at) && at.Mean < limit)
        {
            // A contact that has grown meanwhile waits under its new mean; one whose region was joined is gone.
            if (_contacts[pair.A].TryGetValue(pair.B, out Contact contact) && contact.Voxels == pair.Voxels)
            {
                Merge(pair.A, pair.B);
            }
        }
    }

    // The smaller label stays, so that ties do not depend on the order of the merges before.
    private void Merge(int a, int b)
    {
        _parents[b] = a;
        _contacts[a].Remove(b);
        _contacts[b].Remove(a);
        foreach ((int other, Contact contact) in _contacts[b])
        {
            Contact before = _contacts[a].GetValueOrDefault(other);
            var sum = new Contact(before.Sum + contact.Sum, before.Voxels + contact.Voxels);
            _contacts[a][other] = sum;
            _contacts[other].Remove(b);
            _contacts[other][a] = sum;
            Enter(Math.Min(a, other), Math.Max(a, other), sum);
        }

        _contacts[b].Clear();
    }

    private void Enter(int a, int b, Contact contact) => _queue.Enqueue((a, b, contact.Voxels), (contact.Sum / (double)contact.Voxels / BoundaryMap.Certain, a, b));

    private int Find(int region)
    {
        while (_parents[region] != region)
        {
            _parents[region] = _parents[_parents[region]];
            region = _parents[region];
        }

        return region;
    }

    private readonly record struct Contact(long Sum, int Voxels);
}
