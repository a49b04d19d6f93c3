using CellStitch.Scale;
using CellStitch.Tests;

namespace CellStitch.Infra.Tests;

/// <summary>docs/scale.md holds what bench/Scale predicts, and every figure it predicts from.</summary>
public sealed class ScaleTests
{
    private static string Results => File.ReadAllText(Path.Combine(SharedData.RepositoryRoot, "bench", "RESULTS.md"));

    private static string Document => File.ReadAllText(Path.Combine(SharedData.RepositoryRoot, "docs", "scale.md"));

    [Fact]
    public void Document_HoldsThePredictions() => Assert.True(
        Report.Put(Document, Report.Tables(new Constants(Results, Document))) == Document,
        "docs/scale.md is older than bench/RESULTS.md: dotnet run --project bench/Scale -- --write, and read whether its words still hold");

    [Theory]
    [InlineData("egressGbps")]
    [InlineData("fanOutPerSecond")]
    [InlineData("pricePerGbSecond")]
    public void Tables_LimitIsMissing_NamesIt(string name)
    {
        string without = Document.Replace($"`{name}`", "`other`", StringComparison.Ordinal);

        Assert.Contains(name, Assert.Throws<KeyNotFoundException>(() => Report.Tables(new Constants(Results, without))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("correct, fill, paint, compress, write")]
    [InlineData("agglomeration")]
    [InlineData("fit 2048 MB with four blocks")]
    [InlineData("bytes of evidence per slice")]
    public void Tables_MeasurementIsMissing_SaysSo(string part) => Assert.Throws<KeyNotFoundException>(
        () => Report.Tables(new Constants(Results.Replace(part, "", StringComparison.Ordinal), Document)));

    [Fact]
    public void Prediction_MoreInstances_AreNotSlower()
    {
        var model = new Model(new Constants(Results, Document));
        var volume = new Volume("any", 1000, 2048 * 2048, 10_000);

        Assert.True(model.Of(volume, 10, 2048).Seconds <= model.Of(volume, 1, 2048).Seconds);
        Assert.True(model.Of(volume, 250, 2048).Seconds <= model.Of(volume, 10, 2048).Seconds);
    }
}
