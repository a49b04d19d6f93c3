using CellStitch.Core.Synthesis;
using CellStitch.Core.Volumes;

namespace CellStitch.Core.Tests.Synthesis;

public class SynthOptionsTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    public void Cells_BelowOne_AreRefused(int cells)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => new SynthOptions { Cells = cells });
        Assert.Contains("must be at least 1", error.Message, StringComparison.Ordinal);
        Assert.Equal("Cells", error.ParamName);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Anisotropy_NotAboveZero_IsRefused(double anisotropy)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => new SynthOptions { Anisotropy = anisotropy });
        Assert.Contains("must be a finite number above 0", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 8, 8)]
    [InlineData(8, 0, 8)]
    [InlineData(8, 8, -1)]
    [InlineData(1, 65536, 65536)]
    public void Shape_EmptyOrTooLarge_IsRefused(int depth, int height, int width)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => new SynthOptions { Shape = new VolumeShape(depth, height, width) });
        Assert.Contains("at least 1 × 1 × 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Family_Unknown_IsRefused()
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => new SynthOptions { Family = (CellFamily)7 });
        Assert.Contains("must be tissue, stacked, ellipsoids, dense or flat", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Cells_TooManyForTheShape_AreRefusedWithTheirSpacing()
    {
        var options = new SynthOptions { Cells = 1000, Shape = new VolumeShape(4, 40, 40), Anisotropy = 2 };
        var error = Assert.Throws<ArgumentException>(() => new CellTruth(options));
        Assert.Contains("1000 cells do not fit into 4 × 40 × 40 at anisotropy 2: they would lie 2.3 px apart", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-0.01)]
    [InlineData(1.01)]
    [InlineData(double.NaN)]
    public void Rates_OutsideZeroToOne_AreRefused(double rate)
    {
        Func<NoiseRates>[] settings =
        [
            () => new NoiseRates { Merge = rate },
            () => new NoiseRates { Split = rate },
            () => new NoiseRates { Erode = rate },
            () => new NoiseRates { Drop = rate },
            () => new NoiseRates { FalseSlice = rate },
        ];
        Assert.All(settings, set => Assert.Contains("must lie in [0, 1]", Assert.Throws<ArgumentOutOfRangeException>(set).Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(double.PositiveInfinity)]
    public void Persistence_BelowOnePlane_IsRefused(double planes)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => new NoiseRates { Persistence = planes });
        Assert.Contains("at least 1", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(CellFamily.Ellipsoids, Stain.Nuclei)]
    [InlineData(CellFamily.Tissue, Stain.Membranes)]
    public void Stain_OfAFamily_ShowsItsCells(CellFamily family, Stain stain)
    {
        Assert.Equal(stain, new SynthOptions { Family = family }.Stain);
    }
}
