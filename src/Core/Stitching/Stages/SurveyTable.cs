using CellStitch.Core.IO;
using CellStitch.Core.Volumes;

namespace CellStitch.Core.Stitching;

/// <summary>The surveys of a run of layers.</summary>
internal static class SurveyTable
{
    public static void Write(Stream stream, VolumeShape shape, LayerRange layers, LayerSurvey[] surveys)
    {
        var table = new TableWriter(StageTable.Survey);
        table.Shape(shape);
        table.Layers(layers);
        foreach (LayerSurvey survey in surveys)
        {
            table.Number(survey.Changed.Length);
            foreach (ChangedSlice slice in survey.Changed)
            {
                table.Number(slice.Cell);
                table.Number(slice.SeenPixels);
                table.Number(slice.FilledPixels);
                table.Number(slice.FinalPixels);
                table.NumberOrNone(slice.FirstPixel);
            }

            Write(table, survey.Contacts);
            Write(table, survey.ContactsAbove);
        }

        table.WriteTo(stream);
    }

    /// <summary>Reads the surveys of all layers from tables in any order.</summary>
    /// <exception cref="InvalidDataException">A table is damaged, of another volume, missing, or there twice.</exception>
    public static LayerSurvey[] Read(IReadOnlyList<Stream> tables, VolumeShape shape)
    {
        var surveys = new LayerSurvey[shape.Depth];
        var runs = new List<LayerRange>();
        foreach (Stream stream in tables)
        {
            var table = new TableReader(stream, StageTable.Survey);
            StageTable.RequireShape(StageTable.Survey, table.Shape(), shape);
            LayerRange run = table.Layers(shape);
            for (int z = run.First; z < run.End; z++)
            {
                var changed = new ChangedSlice[table.Count()];
                for (int i = 0; i < changed.Length; i++)
                {
                    changed[i] = new ChangedSlice(table.Int(), table.Int(), table.Int(), table.Int(), table.IntOrNone());
                }

                surveys[z] = new LayerSurvey(changed, ReadContacts(table), ReadContacts(table));
            }

            table.End();
            runs.Add(run);
        }

        StageTable.RequireAllLayers(StageTable.Survey, StageTable.Join(StageTable.Survey, runs), shape);
        return surveys;
    }

    private static void Write(TableWriter table, CellContact[] contacts)
    {
        table.Number(contacts.Length);
        foreach (CellContact contact in contacts)
        {
            table.Number(contact.Cell);
            table.Number(contact.Reference);
            table.Number(contact.Pixels);
        }
    }

    private static CellContact[] ReadContacts(TableReader table)
    {
        var contacts = new CellContact[table.Count()];
        for (int i = 0; i < contacts.Length; i++)
        {
            contacts[i] = new CellContact(table.Int(), table.Int(), table.Int());
        }

        return contacts;
    }
}
