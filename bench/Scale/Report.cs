using System.Globalization;
using System.Text;

namespace CellStitch.Scale;

/// <summary>The predictions as tables of docs/scale.md.</summary>
internal static class Report
{
    private const string Begin = "<!-- written by bench/Scale -->\n";
    private const string End = "<!-- end -->\n";
    private const int InstanceMegabytes = 2048;

    // Sizes and cells: section "Volumes" of docs/scale.md.
    private static readonly Volume[] Volumes =
    [
        new("0.3 Gvoxel", 350, 940 * 940, 3_400),
        new("4 Gvoxel", 1000, 2048 * 2048, 10_000),
        new("60 Gvoxel", 2000, 6000 * 5000, 150_000),
        new("1 Tvoxel", 10_000, 10_000 * 10_000, 2_500_000),
    ];

    private static readonly int[] InstanceCounts = [1, 10, 40, 250, 1000];

    /// <summary>The folder of the repository, from where the program lies.</summary>
    public static string Root()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "CellStitch.Cloud.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new DirectoryNotFoundException("The program does not lie in the repository.");
    }

    public static string Tables(Constants constants)
    {
        var model = new Model(constants);
        var text = new StringBuilder();
        Line(text, $"Layers of {constants.LargestPage / 1e6:0} Mpixel were measured to fit 2048 MB with four blocks at once. The linking is one activity and takes {string.Join(", ", Volumes.Select(volume => FormattableString.Invariant($"{model.LinkingGigabytes(volume):0.0} GB for {volume.Name}")))}.");
        Line(text, $"");
        Line(text, $"| volume | instances (2048 MB) | time | GB-s | cost | activities | hops | TB read | transactions | bottleneck |");
        Line(text, $"|---|---|---|---|---|---|---|---|---|---|");
        foreach (Volume volume in Volumes)
        {
            foreach (int instances in InstanceCounts)
            {
                Prediction run = model.Of(volume, instances, InstanceMegabytes);
                Line(text, $"| {volume.Name} | {instances} | {Time(run.Seconds)} | {run.GigabyteSeconds:0} | {run.Cost:0.000} | {run.Activities} | {run.Hops} | {run.Bytes / 1e12:0.000} | {run.Transactions:0} | {run.Bottleneck} |");
            }
        }

        Line(text, $"");
        Line(text, $"| volume | 40 instances | | 250 instances | | one VM of {constants.Limit("vmCores"):0} cores | |");
        Line(text, $"|---|---|---|---|---|---|---|");
        foreach (Volume volume in Volumes)
        {
            Prediction few = model.Of(volume, 40, InstanceMegabytes);
            Prediction many = model.Of(volume, 250, InstanceMegabytes);
            (double seconds, double cost) = model.OnOneMachine(volume);
            Line(text, $"| {volume.Name} | {Time(few.Seconds)} | {few.Cost:0.00} | {Time(many.Seconds)} | {many.Cost:0.00} | {Time(seconds)} | {cost:0.00} |");
        }

        return text.ToString();
    }

    /// <summary>The document with new tables.</summary>
    public static string Put(string document, string tables)
    {
        int begin = document.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        return $"{document[..begin]}{tables}{document[document.IndexOf(End, begin, StringComparison.Ordinal)..]}";
    }

    private static void Line(StringBuilder text, FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

    private static string Time(double seconds) => seconds switch
    {
        < 100 => $"{seconds.ToString("0", CultureInfo.InvariantCulture)} s",
        < 6000 => $"{(seconds / 60).ToString("0", CultureInfo.InvariantCulture)} min",
        _ => $"{(seconds / 3600).ToString("0.0", CultureInfo.InvariantCulture)} h",
    };
}
