using CellStitch.Accuracy;

if (args.Length != 2)
{
    Console.Error.WriteLine("usage: dotnet run -c Release --project bench/Accuracy -- SHARED DOCS");
    Console.Error.WriteLine("  SHARED  folder with accuracy/ and data/real/");
    Console.Error.WriteLine("  DOCS    folder that receives accuracy.md and images/accuracy.svg");
    return 2;
}

var results = new List<CaseResult>();
var sureCells = new List<SureCell>();
Method[] methods = [.. Method.Compared, .. Method.Ablations];
foreach (Func<IEnumerable<AccuracyCase>> volume in AccuracyCase.All(Path.Combine(args[0], "accuracy"), Path.Combine(args[0], "data", "real")))
{
    foreach (AccuracyCase item in volume())
    {
        sureCells.AddRange(SureCell.Of(item));
        var scores = new Dictionary<string, Scores>();
        foreach (Method method in methods)
        {
            scores.Add(method.Name, method.Run(item));
        }

        results.Add(new CaseResult(item.Group, item.Volume, item.Level, item.ParametersChosenOnIt, scores));
        Console.WriteLine($"{item.Group} {item.Volume} {item.Level}: {scores[Method.RobustName].Ap50:F3}, paper {scores[Method.PaperName].Ap50:F3}");
    }
}

var published = PublishedScores.Read(Path.Combine(args[0], "accuracy", "scores.json"));
Directory.CreateDirectory(Path.Combine(args[1], "images"));
File.WriteAllText(Path.Combine(args[1], "images", "accuracy.svg"), AccuracyChart.Draw(results));
File.WriteAllText(Path.Combine(args[1], "accuracy.md"), AccuracyReport.Write(results, published, sureCells));
return 0;
