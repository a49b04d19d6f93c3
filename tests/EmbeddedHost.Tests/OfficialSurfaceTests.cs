using System.Text.RegularExpressions;
using CellStitch.EmbeddedHost.Engine;
using CellStitch.Tests;

namespace CellStitch.EmbeddedHost.Tests;

/// <summary>What the function app compiles against here is a part of the official packages: same names, same signatures.</summary>
public sealed partial class OfficialSurfaceTests
{
    private static readonly Lazy<HashSet<string>> Official = new(() => [.. Lines().Select(Plain)]);
    private static readonly Lazy<Dictionary<string, string>> OfficialBases = new(ReadBases);

    private static IEnumerable<Type> OurTypes => typeof(DurableEngine).Assembly.GetExportedTypes()
        .Where(type => type.Namespace?.StartsWith("Microsoft.", StringComparison.Ordinal) == true);

    [Fact]
    public void EveryPublicMember_IsAnOfficialOne()
    {
        string[] ours = [.. OurTypes.SelectMany(SurfaceText.Of)];

        Assert.True(ours.Length > 200, $"only {ours.Length} lines");
        Assert.Equal("", string.Join('\n', ours.Except(Official.Value)));
    }

    [Fact]
    public void EveryBaseType_IsAnOfficialOne()
    {
        IEnumerable<string> deviations =
            from type in OurTypes
            let name = SurfaceText.Of(type).First().Split(": ")[0]
            from one in SurfaceText.Bases(type)
            where !OfficialBases.Value[name].Contains(one, StringComparison.Ordinal)
            select $"{name} : {one}";

        Assert.Empty(deviations);
    }

    [Fact]
    public void OtherNamespaces_HoldOnlyWhatTheOfficialClientThrows()
    {
        // Its official home is DurableTask.Core, which the list does not cover.
        Assert.Equal(
            ["DurableTask.Core.Exceptions.OrchestrationAlreadyExistsException"],
            typeof(DurableEngine).Assembly.GetExportedTypes().Except(OurTypes).Select(type => type.FullName));
    }

    [Theory]
    [InlineData(typeof(Sample), "Sample: public abstract class Sample where T : System.Exception")]
    [InlineData(typeof(Sample), "Sample.#ctor: protected Sample(string? text = null, int n = 3)")]
    [InlineData(typeof(Sample), "Sample.Find: public virtual System.Threading.Tasks.Task<string?> Find<T>(System.Collections.Generic.IDictionary<string, object?>? map, System.TimeSpan? time = null, System.Threading.CancellationToken cancellation = default) where T : System.Exception")]
    [InlineData(typeof(Sample), "Sample.Limit: public const int Limit = 7")]
    [InlineData(typeof(Sample), "Sample.Text: public string? Text { get; init; }")]
    [InlineData(typeof(Sample), "Sample.Hidden: public int Hidden { get; }")]
    [InlineData(typeof(Sample), "Sample.Try: public static bool Try(out string? text, params int[] numbers)")]
    [InlineData(typeof(Sample), "Sample.ToString: public sealed override string ToString()")]
    [InlineData(typeof(Choice), "Choice.Second: Second = 5")]
    [InlineData(typeof(Answer), "Answer: public delegate bool Answer(string question)")]
    public void Formatter_WritesTheFormOfTheOfficialList(Type type, string line)
    {
        string own = $"{typeof(OfficialSurfaceTests).FullName}.";
        IEnumerable<string> written = SurfaceText.Of(type).Select(text => text.Replace(own, "", StringComparison.Ordinal));

        // The sample's own constraint stands at its method.
        Assert.Contains(line.Replace("Sample where T : System.Exception", "Sample", StringComparison.Ordinal), written);
    }

    [Fact]
    public void Formatter_TellsDeviationsApart()
    {
        Assert.Contains("Microsoft.DurableTask.TaskOrchestrationContext.NewGuid: public abstract System.Guid NewGuid()", Official.Value);
        Assert.DoesNotContain("Microsoft.DurableTask.TaskOrchestrationContext.NewGuid: public virtual System.Guid NewGuid()", Official.Value);
        Assert.DoesNotContain(SurfaceText.Of(typeof(Choice)).First(), Official.Value);
    }

    private static string[] Lines()
    {
        return File.ReadAllLines(Path.Combine(SharedData.RepositoryRoot, "tests", "EmbeddedHost.Tests", "official-surface.txt"));
    }

    /// <summary>A line without attributes and base types.</summary>
    private static string Plain(string line)
    {
        string plain = Attributes().Replace(line, "$1");
        Match type = TypeLine().Match(plain);
        return type.Success ? BaseTypes().Replace(plain, "$1", 1) : plain;
    }

    private static Dictionary<string, string> ReadBases()
    {
        return Lines().Select(line => Attributes().Replace(line, "$1")).Where(line => TypeLine().IsMatch(line))
            .ToDictionary(line => line.Split(": ")[0], line => BaseTypes().Match(line).Groups[2].Value);
    }

    [GeneratedRegex(@"^([^:]+: )(\[(?:[^\[\]]|\[[^\]]*\])*\] )+")]
    private static partial Regex Attributes();

    [GeneratedRegex("^[^ ]+(, [^ ]+)*: public (static |abstract |sealed |readonly )?(record )?(class|struct|enum|interface) ")]
    private static partial Regex TypeLine();

    [GeneratedRegex("^([^:]+: [^:]+?) : (.+)$")]
    private static partial Regex BaseTypes();

    public enum Choice
    {
        First,
        Second = 5,
    }

    public delegate bool Answer(string question);

    public abstract class Sample
    {
        public const int Limit = 7;

        protected Sample(string? text = null, int n = 3)
        {
            (Text, Hidden) = (text, n);
        }

        public string? Text { get; init; }

        public int Hidden { get; internal set; }

        public static bool Try(out string? text, params int[] numbers)
        {
            text = null;
            return numbers.Length > 0;
        }

        public virtual Task<string?> Find<T>(IDictionary<string, object?>? map, TimeSpan? time = null, CancellationToken cancellation = default)
            where T : Exception
        {
            return Task.FromResult(map is null || time is null || cancellation.IsCancellationRequested ? null : Text);
        }

        public sealed override string ToString()
        {
            return "";
        }
    }
}
