using System.Text.RegularExpressions;
using CellStitch.Tests;

namespace CellStitch.Core.Tests;

public partial class ConventionTests
{
    [Fact]
    public void Core_References_AreTheRuntimeAndItsTwoPackages()
    {
        string[] references = [.. typeof(CellStitch.Core.Volumes.LabelVolume).Assembly.GetReferencedAssemblies().Select(name => name.Name!)];
        Assert.All(references, name => Assert.Matches("^(System|Microsoft\\.Win32|BitMiracle\\.LibTiff|Google\\.(OrTools|Protobuf))", name));
    }

    [Fact]
    public void CommentsThatQuoteTheDocs_NameASectionThatExists()
    {
        int quotes = 0;
        foreach (string file in Directory.EnumerateFiles(Path.Combine(SharedData.RepositoryRoot, "src"), "*.cs", SearchOption.AllDirectories))
        {
            foreach (Match quote in DocsQuote().Matches(File.ReadAllText(file)))
            {
                string document = Path.Combine(SharedData.RepositoryRoot, quote.Groups["file"].Value);
                Assert.True(File.Exists(document), $"{file} quotes {quote.Value}");
                string[] headings = [.. File.ReadLines(document).Where(line => line.StartsWith('#')).Select(line => line.TrimStart('#', ' '))];
                Assert.True(!quote.Groups["section"].Success || headings.Contains(quote.Groups["section"].Value.Replace("`", "", StringComparison.Ordinal)), $"{file} quotes {quote.Value}");
                quotes++;
            }
        }

        Assert.True(quotes > 0);
    }

    [GeneratedRegex("""(?<file>docs/[a-z/]+\.md)(, "(?<section>[^"]+)")?""")]
    private static partial Regex DocsQuote();
}
