namespace CellStitch.Segmentation.Flows;

/// <summary>The size at which the network sees an image: cells are 30 pixels across, rows and columns are equally far apart.</summary>
internal static class NominalSize
{
    public const double Diameter = 30;

    private const int Smallest = 16;

    /// <summary>Rows and columns of the resized image; half a pixel rounds to even.</summary>
    /// <param name="height">Rows of the image.</param>
    /// <param name="width">Columns of the image.</param>
    /// <param name="diameter">Diameter of the cells in columns of the image.</param>
    /// <param name="rowStretch">Distance of rows / distance of columns.</param>
    public static (int Height, int Width) Of(int height, int width, double diameter, double rowStretch)
    {
        double scale = Diameter / diameter;
        return (Side(height * scale * rowStretch), Side(width * scale));

        static int Side(double length) => Math.Max(Smallest, (int)Math.Round(length, MidpointRounding.ToEven));
    }
}
