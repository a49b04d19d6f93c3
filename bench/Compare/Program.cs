using System.Text.Json;
using CellStitch.Compare;

if (args is [SystemRun.Verb, string folder, string step])
{
    SystemRun.Alone(folder, step);
    return 0;
}

if (args is [SliceCost.Verb])
{
    SliceCost.Run(Console.Out);
    return 0;
}

const string Synthetic = "--synthetic";
string[] places = [.. args.Where(arg => arg != Synthetic)];
if (places.Length < 2 || (places.Length == 2 && !args.Contains(Synthetic)))
{
    Console.Error.WriteLine($"usage: dotnet run -c Release --project bench/Compare -- [{Synthetic}] WORK DOCS [SETS…]");
    Console.Error.WriteLine($"       dotnet run -c Release --project bench/Compare -- {SliceCost.Verb}");
    Console.Error.WriteLine("  WORK  folder that gathers the results; those that are there are not computed again");
    Console.Error.WriteLine("  DOCS  folder that receives comparison.md and images/");
    Console.Error.WriteLine("  SETS  folders of folders with raw.tif and labels.tif");
    return 2;
}

string work = Path.GetFullPath(places[0]);
List<string> folders = [.. places[2..]];
if (args.Contains(Synthetic))
{
    string synthetic = Path.Combine(work, "sets");
    SyntheticSets.Make(synthetic);
    folders.Add(synthetic);
}

int[] steps = [1, 2, 4, 8];
const int FewestLayers = 4;
const int PictureStep = 4;
var known = JsonSerializer.Deserialize<Dictionary<string, SetFacts>>(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "sets.json")), SetFacts.Json)!;
VolumeSet[] sets = [.. folders.SelectMany(sets => VolumeSet.In(sets, known))];
string images = Path.Combine(places[1], "images");
Directory.CreateDirectory(Path.Combine(images, "comparison"));
string remarks = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "remarks.md"));
var results = new List<SystemResult>();
var estimates = new Dictionary<VolumeSet, double>();
var pictures = new List<(VolumeSet, int, string, IReadOnlyList<ComparedSystem>)>();
foreach (VolumeSet set in sets)
{
    estimates.Add(set, SystemRun.EstimatedDiameterPx(new StackCase(set, 1, work)));
    ComparedSystem[] systems = [.. ComparedSystem.All.Concat(ComparedSystem.OnGivenMasks).Where(system => SystemRun.Applies(system, set))];
    foreach (int every in steps.Where(every => EveryNthLabels.Thinned(set.Shape, every).Depth >= FewestLayers))
    {
        var item = new StackCase(set, every, work);
        foreach (ComparedSystem system in systems)
        {
            SystemRun.RequireMasks(item, system.Masks);
            CaseOutcome outcome = SystemRun.Outcome(system, item);
            results.Add(new SystemResult(system, set, every, outcome));
            Console.WriteLine($"{set.Name} {every} {system.Name}: {outcome.Ap50:F3}, {outcome.Cost.CpuS:F1} CPU s, {outcome.Cost.PeakMb:F0} MB");
        }

        if (every == PictureStep)
        {
            ComparedSystem[] shown = [.. systems.Where(ComparedSystem.All.Contains)];
            using EveryNthRaw raw = item.OpenRaw();
            CellPicture.Write(
                raw, item.Truth(), [.. shown.Select(system => LabelFile.Read(SystemRun.Labels(system, item)))], item.Anisotropy, Path.Combine(images, "comparison", $"{set.Name}.png"));
            pictures.Add((set, every, $"{set.Name}.png", shown));
        }
    }

    // After every set, so that a long run can be watched.
    File.WriteAllText(Path.Combine(images, "comparison.svg"), ComparisonReport.Chart(results));
    File.WriteAllText(Path.Combine(places[1], "comparison.md"), ComparisonReport.Write(results, estimates, remarks, pictures));
}

return 0;
