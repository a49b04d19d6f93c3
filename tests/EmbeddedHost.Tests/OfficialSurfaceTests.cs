using System.Text.RegularExpressions;
using CellStitch.Tests;
using Microsoft.Azure.Functions.Worker;

namespace CellStitch.EmbeddedHost.Tests;

public partial class OfficialSurfaceTests
{
    public static TheoryData<string> Types => [.. typeof(FunctionAttribute).Assembly.GetExportedTypes()
        .Where(type => type.Namespace!.StartsWith("Microsoft.", StringComparison.Ordinal))
        .Select(type => type.FullName!)];

    private static HashSet<string> Official { get; } =
        [.. File.ReadLines(Path.Combine(SharedData.RepositoryRoot, "tests", "EmbeddedHost.Tests", "official-surface.txt")).Select(Comparable)];

    [Theory]
    [MemberData(nameof(Types))]
    public void PublicType_EachMember_IsTheOfficialOne(string type)
    {
        string[] other = [.. PublicSurface.Of(typeof(FunctionAttribute).Assembly.GetType(type)!).Select(Comparable).Except(Official)];

        Assert.True(other.Length == 0, $"Not official:\n{string.Join('\n', other)}");
    }

    [Fact]
    public void Assembly_OtherNamespaces_OfferOnlyWhatTheOfficialPackagesDo()
    {
        // Thrown by the official client too; the type comes from DurableTask.Core, which official-surface.txt does not list.
        Assert.Equal(
            ["DurableTask.Core.Exceptions.OrchestrationAlreadyExistsException"],
            typeof(FunctionAttribute).Assembly.GetExportedTypes()
                .Where(type => !type.Namespace!.StartsWith("Microsoft.", StringComparison.Ordinal)).Select(type => type.FullName!));
    }

    /// <summary>Without what may differ: attributes, base types, constraints, and marks on type parameters, which stand for nothing a caller sees.</summary>
    private static string Comparable(string line)
    {
        line = Attributes().Replace(line, ": ");
        line = Constraints().Replace(line, "");
        line = TypeParameterMarks().Replace(line, "$1");
        return line.Contains("enum ", StringComparison.Ordinal) ? line : BaseTypes().Replace(line, "$1");
    }

    [GeneratedRegex(@": (\[.*?\)?\] )+(?=public|protected|[A-Z])")]
    private static partial Regex Attributes();

    [GeneratedRegex(" where .*$")]
    private static partial Regex Constraints();

    [GeneratedRegex(@"(?<![.\w])(T|T[A-Z]\w*)\?")]
    private static partial Regex TypeParameterMarks();

    [GeneratedRegex(@"^(\S+(?:, \S+)*: [^(:]*(?:class|struct|interface) [^:(]*?) : .*$")]
    private static partial Regex BaseTypes();
}
