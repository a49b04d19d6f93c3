using CellStitch.Core.Volumes;

namespace CellStitch.Core.IO;

/// <summary>Which axes the pages, rows and columns of a file are, in this order.</summary>
public enum AxisOrder
{
    /// <summary>Page z, row y, column x: the order all stages work in.</summary>
    ZYX,

    /// <summary>Page y, row z, column x: XZ slices as they lie.</summary>
    YZX,

    /// <summary>Page y, row x, column z: XZ slices, transposed.</summary>
    YXZ,

    /// <summary>Page x, row z, column y: YZ slices as they lie.</summary>
    XZY,

    /// <summary>Page x, row y, column z: YZ slices, transposed.</summary>
    XYZ,
}

/// <summary>The two projections beside XY.</summary>
public enum Projection
{
    /// <summary>Slices of constant y.</summary>
    Xz,

    /// <summary>Slices of constant x.</summary>
    Yz,
}

/// <summary>Axis orders and the shapes of files.</summary>
public static class AxisOrders
{
    /// <summary>Pages, rows and columns of a file that holds a volume in an order.</summary>
    /// <param name="order">Axis order of the file.</param>
    /// <param name="volume">Shape (z, y, x) of the volume.</param>
    public static VolumeShape FileShape(this AxisOrder order, VolumeShape volume)
    {
        (int z, int y, int x) = volume;
        return order switch
        {
            AxisOrder.YZX => new VolumeShape(y, z, x),
            AxisOrder.YXZ => new VolumeShape(y, x, z),
            AxisOrder.XZY => new VolumeShape(x, z, y),
            AxisOrder.XYZ => new VolumeShape(x, y, z),
            _ => volume,
        };
    }

    /// <summary>Shape (z, y, x) of the volume that a file holds in an order.</summary>
    /// <param name="order">Axis order of the file.</param>
    /// <param name="file">Pages, rows and columns of the file.</param>
    public static VolumeShape VolumeShape(this AxisOrder order, VolumeShape file)
    {
        (int page, int row, int column) = file;
        return order switch
        {
            AxisOrder.YZX => new VolumeShape(row, page, column),
            AxisOrder.YXZ => new VolumeShape(column, page, row),
            AxisOrder.XZY => new VolumeShape(row, column, page),
            AxisOrder.XYZ => new VolumeShape(column, row, page),
            _ => file,
        };
    }

    /// <summary>
    /// Tells the axis order of an XZ or YZ file by its dimensions. Where (z, y, x) fits it holds, since that is what the file should be;
    /// where only slice-wise orders fit, exactly one must.
    /// </summary>
    /// <param name="file">The file.</param>
    /// <param name="xy">Shape (z, y, x) of the XY stack.</param>
    /// <param name="projection">What the file holds.</param>
    /// <exception cref="InvalidMaskException">No order fits, or two slice-wise orders do.</exception>
    public static AxisOrder Recognise(ILayerSource file, VolumeShape xy, Projection projection)
    {
        AxisOrder[] candidates = projection == Projection.Xz
            ? [AxisOrder.ZYX, AxisOrder.YZX, AxisOrder.YXZ]
            : [AxisOrder.ZYX, AxisOrder.XZY, AxisOrder.XYZ];
        AxisOrder[] fitting = [.. candidates.Where(order => order.FileShape(xy) == file.Shape)];
        return fitting switch
        {
            [AxisOrder.ZYX, ..] => AxisOrder.ZYX,
            [AxisOrder only] => only,
            [] => throw Mismatch(file, $"{file.Shape}; expected {string.Join(" or ", candidates.Select(order => $"{order.FileShape(xy)} ({order})"))} for an XY stack of {xy}."),
            _ => throw Mismatch(file, $"{file.Shape} fits the axis orders {string.Join(" and ", fitting)}; say which it is."),
        };
    }

    /// <summary>Checks that a file has the dimensions that an order given by the user asks for.</summary>
    /// <param name="file">The file.</param>
    /// <param name="xy">Shape (z, y, x) of the XY stack.</param>
    /// <param name="order">Axis order of the file.</param>
    /// <exception cref="InvalidMaskException">The dimensions differ.</exception>
    public static void Check(ILayerSource file, VolumeShape xy, AxisOrder order)
    {
        if (order.FileShape(xy) != file.Shape)
        {
            throw Mismatch(file, $"{file.Shape}; expected {order.FileShape(xy)} in axis order {order} for an XY stack of {xy}.");
        }
    }

    private static InvalidMaskException Mismatch(ILayerSource file, string detail) => new(MaskFault.ShapeMismatch, file.Name, null, detail);
}
