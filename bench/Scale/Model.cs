namespace CellStitch.Scale;

/// <summary>A volume to be stitched from three mask stacks.</summary>
/// <param name="Name">What the tables call it.</param>
/// <param name="Layers">Layers.</param>
/// <param name="PagePixels">Pixels of a layer.</param>
/// <param name="Cells">Cells.</param>
internal sealed record Volume(string Name, long Layers, long PagePixels, long Cells)
{
    public double Voxels => (double)Layers * PagePixels;
}

/// <summary>What a run is predicted to take.</summary>
/// <param name="Seconds">From start to manifest.json, on instances that are there.</param>
/// <param name="Activities">Activities.</param>
/// <param name="Hops">Steps that wait for one another.</param>
/// <param name="GigabyteSeconds">Memory of the instances times the time they are busy.</param>
/// <param name="Transactions">Calls of storage.</param>
/// <param name="Bytes">Read from storage.</param>
/// <param name="Cost">In the currency of the price rows.</param>
/// <param name="Bottleneck">What takes the longest.</param>
internal sealed record Prediction(double Seconds, long Activities, long Hops, double GigabyteSeconds, double Transactions, double Bytes, double Cost, string Bottleneck);

/// <summary>
/// Time and cost of a run in blocks. Each fan-out takes as long as the slowest of computing, reading, writing and handing out; the chain of links runs beside the
/// measuring. Starting instances, retries and other users of the same storage are not in it.
/// </summary>
internal sealed class Model(Constants constants)
{
    private const double BitsPerByte = 8;
    private const int BlocksOfRun = 100;
    private const string Measure = "overlap, cost, transport, trace, vote; or splits, evidence, linking, confidence";
    private const string Write = "correct, fill, paint, compress, write";
    private static readonly string[] Steps = [Measure, Write];

    /// <summary>Gigabytes that the linking takes, in one activity.</summary>
    public double LinkingGigabytes(Volume volume) => Slices(volume) * constants.LinkingBytesPerSlice / 1e9;

    public Prediction Of(Volume volume, int instances, int instanceMegabytes)
    {
        double cores = instances * instanceMegabytes / constants.Limit("megabytesPerCore");
        long blocks = (long)Math.Ceiling(volume.Voxels / Math.Max(volume.PagePixels, constants.Limit("blockVoxels")));
        long runs = (blocks + BlocksOfRun - 1) / BlocksOfRun;
        double stored = volume.Voxels * constants.Limit("storedBytesPerVoxel");
        long ranges = (long)Math.Ceiling(3 * stored / constants.Limit("hashRangeBytes"));

        double chain = Slices(volume) * constants.LinkingSecondsPerSlice;
        (double measure, string measureLimit) = FanOut(Measure, volume, blocks, cores, readStacks: 3, written: 0);
        (double write, string writeLimit) = FanOut(Write, volume, blocks, cores, readStacks: 1, written: volume.Voxels * constants.Limit("writtenBytesPerVoxel"));
        double hash = Math.Max(Math.Max(3 * stored / constants.Limit("sha256BytesPerSecond") / cores, 3 * stored / Egress), Handing(ranges));
        long hops = 6 + runs;
        double waiting = hops / constants.Limit("sequentialPerSecond");

        var parts = new (string Limit, double Seconds)[]
        {
            (chain > measure ? "the chain of links" : measureLimit, Math.Max(chain, measure)),
            (writeLimit, write),
            (hash > 3 * stored / Egress ? "hashing the inputs" : "reading from storage", hash),
            ("steps that wait for one another", waiting),
        };
        double seconds = parts.Sum(part => part.Seconds);
        string bottleneck = parts.GroupBy(part => part.Limit).MaxBy(group => group.Sum(part => part.Seconds))!.Key;
        if (volume.PagePixels > constants.LargestPage)
        {
            bottleneck = FormattableString.Invariant($"memory, before all: a layer of {volume.PagePixels / 1e6:0} Mpixel is larger than any measured; else {bottleneck}");
        }
        else if (LinkingGigabytes(volume) * 1e9 > (instanceMegabytes - constants.Limit("idleMegabytes")) * 1e6)
        {
            bottleneck = FormattableString.Invariant($"memory, before all: the linking takes {LinkingGigabytes(volume):0.0} GB; else {bottleneck}");
        }

        long activities = (2 * blocks) + runs + ranges + 4;
        double bytes = (4 * stored) + (ranges > 0 ? 3 * stored : 0);
        double transactions = (activities * constants.Limit("transactionsPerActivity")) + (bytes / constants.Limit("readBytes"));
        double gigabyteSeconds = Math.Min(instances, Math.Max(1, blocks)) * (instanceMegabytes / 1024.0) * seconds;
        double cost = (gigabyteSeconds * constants.Limit("pricePerGbSecond"))
            + (activities * constants.Limit("pricePerMillionExecutions") / 1e6)
            + (transactions * constants.Limit("pricePerTenThousandTransactions") / 1e4);
        return new Prediction(seconds, activities, hops, gigabyteSeconds, transactions, bytes, cost, bottleneck);
    }

    /// <summary>The same work on one machine with a local disk: all steps on all cores.</summary>
    public (double Seconds, double Cost) OnOneMachine(Volume volume)
    {
        double cpu = Steps.Sum(step => CpuSeconds(step, volume));
        double seconds = Math.Max(
            (cpu / constants.Limit("vmCores")) + (Slices(volume) * constants.LinkingSecondsPerSlice),
            4 * volume.Voxels * constants.Limit("storedBytesPerVoxel") / constants.Limit("vmDiskBytesPerSecond"));
        return (seconds, seconds / 3600 * constants.Limit("vmPricePerHour"));
    }

    private double Egress => constants.Limit("egressGbps") * 1e9 / BitsPerByte;

    private double Slices(Volume volume) => volume.Cells * constants.Limit("layersOfCell");

    private double CpuSeconds(string step, Volume volume) => constants.StitchCpuSeconds(step) / constants.StitchVoxels * volume.Voxels;

    private double Handing(long activities) => (activities / constants.Limit("fanOutPerSecond")) + (activities / constants.Limit("fanInPerSecond"));

    private (double Seconds, string Limit) FanOut(string step, Volume volume, long blocks, double cores, int readStacks, double written)
    {
        var limits = new (double Seconds, string Limit)[]
        {
            (CpuSeconds(step, volume) / Math.Min(cores, blocks), cores < blocks ? "computing" : "the largest block"),
            (readStacks * volume.Voxels * constants.Limit("storedBytesPerVoxel") / Egress, "reading from storage"),
            (written / (constants.Limit("ingressGbps") * 1e9 / BitsPerByte), "writing to storage"),
            (Handing(blocks), "handing out activities"),
        };
        return limits.Max();
    }
}
