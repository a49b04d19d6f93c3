using System.Globalization;
using CellStitch.Core.Volumes;
using SkiaSharp;

namespace CellStitch.Accuracy;

/// <summary>
/// Draws the worst cells of a result: for each an XY and an XZ cut through its largest extent, the slices of the XY masks in grey, true cells in green, the cells of the result in
/// magenta; the cells in question thick, all others thin.
/// </summary>
internal static class GalleryPicture
{
    private const int Columns = 2;
    private const int PanelPx = 190;
    private const int GapPx = 10;
    private const int NumberPx = 34;
    private const int MarginVoxels = 5;

    // Layers are drawn thicker than pixels, as far as a cut of few layers needs to fill its panel.
    private const int LargestLayerPx = 8;

    // 3 × 5 dots, row by row from the highest bit: the picture needs no font, which differ between machines.
    private static readonly int[] Digits = [0b111101101101111, 0b010110010010111, 0b111001111100111, 0b111001011001111, 0b101101111001001,
        0b111100111001111, 0b111100111101111, 0b111001010010010, 0b111101111101111, 0b111101111001111];

    private const byte DarkestGrey = 212;
    private const byte GreyStep = 8;

    private static readonly SKColor True = new(0, 140, 60);
    private static readonly SKColor Result = new(215, 0, 160);

    /// <summary>A PNG of all cells, numbered from 1.</summary>
    public static byte[] Draw(AccuracyCase item, LabelVolume result, IReadOnlyList<WorstCell> cells)
    {
        int cellWidth = NumberPx + (2 * (PanelPx + GapPx));
        int cellHeight = PanelPx + (2 * GapPx);
        int rows = (cells.Count + Columns - 1) / Columns;
        using var bitmap = new SKBitmap(Columns * cellWidth, rows * cellHeight);
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(SKColors.White);
        for (int i = 0; i < cells.Count; i++)
        {
            // Down the first column, then the second.
            (int left, int top) = (i / rows * cellWidth, (i % rows * cellHeight) + GapPx);
            DrawNumber(canvas, left, top, i + 1);
            Box box = Box.Around(item.Truth, result, cells[i]);
            DrawCut(canvas, left + NumberPx, top, Cut.Xy(box));
            DrawCut(canvas, left + NumberPx + PanelPx + GapPx, top, Cut.Xz(box));

            void DrawCut(SKCanvas to, int x, int y, Cut cut)
            {
                float scale = Math.Min(PanelPx / (float)cut.Columns, PanelPx / (float)(cut.Rows * cut.RowPx));
                to.Save();
                to.Translate(x, y);
                to.ClipRect(new SKRect(0, 0, scale * cut.Columns, scale * cut.Rows * cut.RowPx));
                FillMasks(to, (LabelVolume)item.Masks.Xy, cut, scale);
                Outline(to, item.Truth, cut, scale, True.WithAlpha(110), 1, label => true);
                Outline(to, result, cut, scale, Result.WithAlpha(90), 1, label => true);
                Outline(to, item.Truth, cut, scale, True, 4, label => label == cells[i].Truth);
                Outline(to, result, cut, scale, Result, 2, cells[i].Results.Contains);
                to.Restore();
            }
        }

        using SKData png = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return png.ToArray();
    }

    private static void DrawNumber(SKCanvas canvas, int left, int top, int number)
    {
        const int DotPx = 3;
        using var paint = new SKPaint { Color = SKColors.Black };
        string text = number.ToString(CultureInfo.InvariantCulture);
        for (int i = 0; i < text.Length; i++)
        {
            // Right-aligned before the panel, a dot between digits.
            int x = left + NumberPx - GapPx - (4 * DotPx * (text.Length - i)) + DotPx;
            for (int dot = 0; dot < 15; dot++)
            {
                if (((Digits[text[i] - '0'] >> (14 - dot)) & 1) != 0)
                {
                    canvas.DrawRect(x + (dot % 3 * DotPx), top + (dot / 3 * DotPx), DotPx, DotPx, paint);
                }
            }
        }
    }

    private static void FillMasks(SKCanvas canvas, LabelVolume masks, Cut cut, float scale)
    {
        using var paint = new SKPaint();
        for (int row = 0; row < cut.Rows; row++)
        {
            for (int column = 0; column < cut.Columns; column++)
            {
                uint label = cut.At(masks, row, column);

                // Labels differ in the two lowest bits often enough to tell neighbours apart.
                byte grey = label == 0 ? byte.MaxValue : (byte)(DarkestGrey + (GreyStep * (label % 4)));
                paint.Color = new SKColor(grey, grey, grey);
                canvas.DrawRect(scale * column, scale * row * cut.RowPx, scale, scale * cut.RowPx, paint);
            }
        }
    }

    private static void Outline(SKCanvas canvas, LabelVolume volume, Cut cut, float scale, SKColor colour, float width, Func<uint, bool> wanted)
    {
        using var paint = new SKPaint { Color = colour, StrokeWidth = width, IsStroke = true, StrokeCap = SKStrokeCap.Square };
        for (int row = 0; row <= cut.Rows; row++)
        {
            for (int column = 0; column <= cut.Columns; column++)
            {
                uint here = cut.At(volume, row, column);
                (float x, float y) = (scale * column, scale * row * cut.RowPx);
                if (IsBorder(here, cut.At(volume, row, column - 1)))
                {
                    canvas.DrawLine(x, y, x, y + (scale * cut.RowPx), paint);
                }

                if (IsBorder(here, cut.At(volume, row - 1, column)))
                {
                    canvas.DrawLine(x, y, x + scale, y, paint);
                }
            }
        }

        bool IsBorder(uint a, uint b) => a != b && ((a != 0 && wanted(a)) || (b != 0 && wanted(b)));
    }

    // The part of the volume that is shown, and the voxel that both cuts go through.
    private readonly record struct Box(int Z0, int Z1, int Y0, int Y1, int X0, int X1, int Z, int Y)
    {
        public static Box Around(LabelVolume truth, LabelVolume result, WorstCell cell)
        {
            VolumeShape shape = truth.Shape;
            int[] inLayer = new int[shape.Depth];
            var inRow = new Dictionary<int, int>();
            (int z0, int z1, int y0, int y1, int x0, int x1) = (shape.Depth, -1, shape.Height, -1, shape.Width, -1);
            for (int z = 0; z < shape.Depth; z++)
            {
                for (int i = 0; i < shape.LayerPixels; i++)
                {
                    uint label = truth.Layer(z)[i];
                    bool main = cell.Truth != 0 ? label == cell.Truth : result.Layer(z)[i] == cell.Results[0];
                    if (main || cell.Results.Contains(result.Layer(z)[i]))
                    {
                        (int y, int x) = (i / shape.Width, i % shape.Width);
                        (z0, z1, y0, y1, x0, x1) = (Math.Min(z0, z), Math.Max(z1, z), Math.Min(y0, y), Math.Max(y1, y), Math.Min(x0, x), Math.Max(x1, x));
                        inLayer[z] += main ? 1 : 0;
                        inRow[y] = inRow.GetValueOrDefault(y) + (main ? 1 : 0);
                    }
                }
            }

            return new Box(
                Math.Max(0, z0 - 2),
                Math.Min(shape.Depth, z1 + 3),
                Math.Max(0, y0 - MarginVoxels),
                Math.Min(shape.Height, y1 + MarginVoxels + 1),
                Math.Max(0, x0 - MarginVoxels),
                Math.Min(shape.Width, x1 + MarginVoxels + 1),
                Array.IndexOf(inLayer, inLayer.Max()),
                inRow.OrderByDescending(row => row.Value).ThenBy(row => row.Key).First().Key);
        }
    }

    // Rows and columns of a picture of the volume; outside it is background.
    private sealed record Cut(int Rows, int Columns, int RowPx, Func<LabelVolume, int, int, uint> Voxel)
    {
        public static Cut Xy(Box box) => new(box.Y1 - box.Y0, box.X1 - box.X0, 1, (volume, row, column) => volume[box.Z, box.Y0 + row, box.X0 + column]);

        public static Cut Xz(Box box)
        {
            (int rows, int columns) = (box.Z1 - box.Z0, box.X1 - box.X0);
            return new Cut(rows, columns, Math.Clamp(columns / rows, 1, LargestLayerPx), (volume, row, column) => volume[box.Z0 + row, box.Y, box.X0 + column]);
        }

        public uint At(LabelVolume volume, int row, int column) => row < 0 || column < 0 || row >= Rows || column >= Columns ? 0 : Voxel(volume, row, column);
    }
}
