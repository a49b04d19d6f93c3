using System.Text.RegularExpressions;
using CellStitch.Functions.Storage;
using CellStitch.Tests;
using Microsoft.Extensions.Configuration;

namespace CellStitch.Functions.Tests.Security;

/// <summary>No secret in the log or in what readers of results get.</summary>
public sealed partial class SecretsTests
{
    private static readonly string[] Folders = ["src", "infra", "scripts"];

    [Fact]
    public void Logs_TakeNoAddressConnectionOrKey()
    {
        string logs = File.ReadAllText(Path.Combine(SharedData.RepositoryRoot, "src", "Functions", "Logs.cs"));

        Assert.DoesNotMatch(Suspects(), logs);
    }

    [Theory]
    [InlineData("AccountName=a;AccountKey=c2VjcmV0")]
    [InlineData("DefaultEndpointsProtocol=https;AccountName=a;AccountKey=not-base64-secret")]
    public void Connect_BrokenConnectionString_IsNotRepeated(string connection)
    {
        using var configuration = new ConfigurationManager();
        configuration[DataAccount.Connection] = connection;

        Exception? fault = Record.Exception(() => DataAccount.Connect(configuration));

        Assert.DoesNotContain("secret", fault?.ToString() ?? "", StringComparison.Ordinal);
        Assert.DoesNotContain("c2VjcmV0", fault?.ToString() ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public void Sources_HoldNoKey()
    {
        string separator = Path.DirectorySeparatorChar.ToString();
        foreach (string file in Folders
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(SharedData.RepositoryRoot, folder), "*", SearchOption.AllDirectories))
            .Where(file => Path.GetExtension(file) is ".cs" or ".json" or ".bicep" or ".bicepparam" or ".sh" or ".ps1")
            .Where(file => !file.Contains($"{separator}obj{separator}", StringComparison.Ordinal) && !file.Contains($"{separator}bin{separator}", StringComparison.Ordinal)))
        {
            Assert.DoesNotMatch(Keys(), File.ReadAllText(file));
        }
    }

    [GeneratedRegex(@"\bUri\b|onnection|ccountKey|unctionKey|oken\b|assword")]
    private static partial Regex Suspects();

    // The storage emulator's key is the same everywhere and documented by its makers.
    [GeneratedRegex(@"AccountKey=(?!Eby8vdM02xNOcq)[A-Za-z0-9+/]{20}|[?&]sig=[A-Za-z0-9%]{10}|BEGIN [A-Z ]*PRIVATE KEY")]
    private static partial Regex Keys();
}
