using System.Globalization;
using CellStitch.Bench;

switch (args)
{
    case ["overlap"]:
        OverlapBench.Run(Console.Out);
        return 0;
    case ["transport"]:
        TransportBench.Run(Console.Out);
        return 0;
    case ["link"]:
        LinkBench.Run(Console.Out);
        return 0;
    case ["stitch"]:
        StitchBench.Run(Console.Out);
        return 0;
    case ["stitch-alone", string folder, string variant]:
        StitchBench.Measure(folder, variant);
        return 0;
    case ["interpolate"]:
        InterpolateBench.Run(Console.Out);
        return 0;
    case ["interpolate-alone", string input, string anisotropy, string profile]:
        InterpolateBench.Measure(input, double.Parse(anisotropy, CultureInfo.InvariantCulture), profile);
        return 0;
    case ["interpolation-quality", string folder]:
        InterpolationQuality.Run(folder, Console.Out);
        return 0;
    case ["interpolation-experiment", string folder]:
        InterpolationExperiment.Run(folder, Console.Out);
        return 0;
    case ["interpolation-pictures", string layers, string cells, string folder]:
        InterpolationPictures.Run(layers, cells, folder);
        return 0;
    case ["durable"]:
        DurableBench.Run(Console.Out);
        return 0;
    case ["volume"]:
        VolumeBench.Run(Console.Out);
        return 0;
    default:
        Console.Error.WriteLine(
            "usage: dotnet run -c Release --project bench/Bench -- "
            + "overlap | transport | link | stitch | interpolate | interpolation-quality FOLDER | interpolation-experiment FOLDER | interpolation-pictures LAYERS.tif CELL.tif FOLDER | durable | volume");
        return 2;
}
