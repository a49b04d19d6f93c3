using System.Globalization;
using System.Reflection;
using System.Text.Json;
using CellStitch.Tests;
using Microsoft.Azure.Functions.Worker;

namespace CellStitch.Functions.Tests;

/// <summary>local.settings.sample.json lists the settings that the code reads, with their defaults.</summary>
public sealed class SettingsTests
{
    private static readonly Dictionary<string, string> Sample = ReadSample();

    private static IEnumerable<PropertyInfo> Settings => typeof(AppSettings).GetProperties().Where(property => property.CanWrite);

    [Fact]
    public void Sample_ListsWhatTheCodeReads()
    {
        string[] read =
        [
            "FUNCTIONS_WORKER_RUNTIME",
            "AzureWebJobsStorage",
            Storage.DataAccount.Connection,
            .. BlobFunctions().Select(name => $"AzureWebJobs.{name}.Disabled"),
            .. Settings.Select(setting => $"{AppSettings.Section}__{setting.Name}"),
        ];
        Assert.Equal(read.Order(StringComparer.Ordinal), Sample.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Sample_HasTheDefaults()
    {
        var defaults = new AppSettings();
        foreach (PropertyInfo setting in Settings.Where(setting => setting.Name != nameof(AppSettings.ThreadsPerActivity)))
        {
            Assert.Equal(Convert.ToString(setting.GetValue(defaults), CultureInfo.InvariantCulture), Sample[$"{AppSettings.Section}__{setting.Name}"]);
        }
    }

    private static IEnumerable<string> BlobFunctions() =>
        from type in typeof(AppSettings).Assembly.GetTypes()
        from method in type.GetMethods()
        let function = method.GetCustomAttribute<FunctionAttribute>()
        where function is not null && method.GetParameters().Any(parameter => parameter.IsDefined(typeof(BlobTriggerAttribute)))
        select function.Name;

    private static Dictionary<string, string> ReadSample()
    {
        string path = Path.Combine(SharedData.RepositoryRoot, "local.settings.sample.json");
        using var json = JsonDocument.Parse(File.ReadAllText(path), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip });
        return json.RootElement.GetProperty("Values").EnumerateObject().ToDictionary(value => value.Name, value => value.Value.GetString()!);
    }
}
