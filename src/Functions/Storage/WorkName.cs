namespace CellStitch.Functions.Storage;

/// <summary>Names of the intermediates of a run: each follows from step and part, so that doing a part again writes the same blob.</summary>
internal static class WorkName
{
    /// <summary>The plan.</summary>
    public const string Plan = "plan.json";

    /// <summary>There when the run must stop.</summary>
    public const string Stop = "stop";

    /// <summary>Content hashes of the inputs.</summary>
    public const string Contents = "contents.json";

    /// <summary>The final label of every cell.</summary>
    public const string Labels = "labels.bin";

    /// <summary>What the stitching found.</summary>
    public const string Summary = "summary.json";

    /// <summary>What was decided for the segmentation of a raw stack.</summary>
    public const string Setup = "segment/setup.json";

    /// <summary>Masks of neighbouring slices.</summary>
    public static string Slab(int index) => $"segment/{index:D6}.tif";

    /// <summary>Masks that were made of a raw stack.</summary>
    public static string Masks(string file) => $"masks/{file}";

    public static string HashRange(int index) => $"hash/{index:D6}.bin";

    /// <summary>Where the pages of a stack lie, so that no activity reads its directories again.</summary>
    public static string Index(string file) => $"index/{file}.bin";

    /// <summary>What the pixels of a stack gave to say.</summary>
    public static string Note(string file) => $"notes/{file}.txt";

    /// <summary>A projection rewritten by layer.</summary>
    public static string Repacked(string file) => $"repacked/{file}";

    public static string Block(int block) => $"measure/{block:D6}.bin";

    public static string MissingPairs(int run) => $"pairs/{run:D5}.json";

    public static string Pair(int source, int target) => $"pairs/{source:D6}-{target:D6}.bin";

    public static string State(int run) => $"trace/{run:D5}-state.bin";

    public static string Cells(int run) => $"trace/{run:D5}-cells.bin";

    public static string Census(int round) => $"census/{round:D2}.bin";

    public static string Survey(int round, int part) => $"survey/{round:D2}-{part:D6}.bin";

    /// <summary>Ids of the blocks of labels.tif that hold the pages of a part.</summary>
    public static string Pages(int part) => $"pages/{part:D6}.json";

    /// <summary>The layers of a part of the label volume, as a file for the interpolation.</summary>
    public static string Layers(int part) => $"labels/{part:D6}.tif";

    /// <summary>Which labels the layers of a part have.</summary>
    public static string Slices(int part) => $"labels/{part:D6}.bin";

    /// <summary>Number of units of every gap.</summary>
    public const string UnitCounts = "units.json";

    /// <summary>The units of a gap.</summary>
    public static string Units(int gap) => $"units/{gap:D6}.bin";

    /// <summary>What a batch of units claims.</summary>
    public static string Claims(int batch) => $"claims/{batch:D8}.bin";

    /// <summary>Blocks of labels_isotropic.tif that hold the pages of a part, and the lengths of their strips.</summary>
    public static string Composed(int part) => $"composed/{part:D6}.json";

    /// <summary>Lengths of the pages of a part, and the measures of the cells in them.</summary>
    public static string Written(int part) => $"pages/{part:D6}.bin";
}
