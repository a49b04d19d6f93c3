using CellStitch.Scale;

// usage: dotnet run --project bench/Scale [-- --write]     prints the tables, or writes them into docs/scale.md
string root = Report.Root();
string document = Path.Combine(root, "docs", "scale.md");
try
{
    string tables = Report.Tables(new Constants(File.ReadAllText(Path.Combine(root, "bench", "RESULTS.md")), File.ReadAllText(document)));
    if (args is ["--write"])
    {
        File.WriteAllText(document, Report.Put(File.ReadAllText(document), tables));
    }
    else
    {
        Console.Write(tables);
    }

    return 0;
}
catch (KeyNotFoundException missing)
{
    Console.Error.WriteLine(missing.Message);
    return 1;
}
