using CellStitch.Accuracy;
using CellStitch.Core.Stitching;
using CellStitch.Core.Volumes;

if (args.Length != 2)
{
    Console.Error.WriteLine("usage: dotnet run -c Release --project bench/Accuracy -- SHARED DOCS");
    Console.Error.WriteLine("  SHARED  folder with accuracy/ and data/real/");
    Console.Error.WriteLine("  DOCS    folder that receives accuracy.md and its pictures in images/");
    return 2;
}

string images = Path.Combine(args[1], "images");
Directory.CreateDirectory(images);
var results = new List<CaseResult>();
var sureCells = new List<SureCell>();
var galleries = new List<Gallery>();
Method[] methods = [.. Method.Compared, .. Method.Ablations];
foreach (Func<IEnumerable<AccuracyCase>> volume in AccuracyCase.All(Path.Combine(args[0], "accuracy"), Path.Combine(args[0], "data", "real")))
{
    foreach (AccuracyCase item in volume())
    {
        var scores = new Dictionary<string, Scores>();
        foreach (Method method in methods)
        {
            scores.Add(method.Name, method.Run(item));
        }

        (LabelVolume robust, _) = Method.Result(item, Method.Robust);
        (LabelVolume repaired, StitchSummary ofRepaired) = Method.Result(item, Method.Repaired);
        sureCells.AddRange(SureCell.Of(Method.RepairedName, item, repaired, ofRepaired));
        (LabelVolume paper, StitchSummary ofPaper) = Method.Result(item, Method.Paper);
        sureCells.AddRange(SureCell.Of(Method.PaperName, item, paper, ofPaper));
        var perfect = PerfectLinking.Of(item.Truth, (LabelVolume)item.Masks.Xy);
        results.Add(new CaseResult(item.Group, item.Volume, item.Level, item.ParametersChosenOnIt, scores)
        {
            Perfect = Scores.Of(item.Truth, perfect.Labels),
            Errors = new Dictionary<string, ErrorCounts>
            {
                [Method.RobustName] = ErrorCounts.Of(item, robust, perfect),
                [Method.RepairedName] = ErrorCounts.Of(item, repaired, perfect),
            },
        });
        if (Gallery.Shows(item))
        {
            var gallery = Gallery.Of(item, repaired, perfect);
            File.WriteAllBytes(Path.Combine(images, gallery.File), gallery.Png);
            galleries.Add(gallery);
        }

        Console.WriteLine($"{item.Group} {item.Volume} {item.Level}: {scores[Method.RobustName].Ap50:F3}, repaired {scores[Method.RepairedName].Ap50:F3}, paper {scores[Method.PaperName].Ap50:F3}");
    }
}

Dictionary<string, double> published = PublishedScores.Read(Path.Combine(args[0], "accuracy", "scores.json"));
File.WriteAllText(Path.Combine(images, "accuracy.svg"), AccuracyChart.Draw(results));
File.WriteAllText(Path.Combine(args[1], "accuracy.md"), AccuracyReport.Write(results, published, sureCells, galleries));
return 0;
