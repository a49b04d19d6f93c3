using CellStitch.Bench;

switch (args.FirstOrDefault())
{
    case "overlap":
        OverlapBench.Run(Console.Out);
        return 0;
    default:
        Console.Error.WriteLine("usage: CellStitch.Bench overlap");
        return 2;
}
