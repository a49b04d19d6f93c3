using CellStitch.Bench;

switch (args)
{
    case ["overlap"]:
        OverlapBench.Run(Console.Out);
        return 0;
    case ["transport"]:
        TransportBench.Run(Console.Out);
        return 0;
    case ["stitch"]:
        StitchBench.Run(Console.Out);
        return 0;
    case ["stitch-alone", string folder]:
        StitchBench.Measure(folder);
        return 0;
    case ["interpolation-quality", string folder]:
        InterpolationQuality.Run(folder, Console.Out);
        return 0;
    case ["durable"]:
        DurableBench.Run(Console.Out);
        return 0;
    case ["volume"]:
        VolumeBench.Run(Console.Out);
        return 0;
    default:
        Console.Error.WriteLine("usage: dotnet run -c Release --project bench/Bench -- overlap | transport | stitch | interpolation-quality FOLDER | durable | volume");
        return 2;
}
