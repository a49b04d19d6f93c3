using Azure.Storage.Blobs;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace CellStitch.EmbeddedHost.Tests.Hosting;

public class FunctionCatalogTests
{
    [Theory]
    [InlineData(typeof(NoTrigger), "Alone: a function has one trigger; ", "NoTrigger.Run has 0.")]
    [InlineData(typeof(TwoTriggers), "Both: a function has one trigger; ", "TwoTriggers.Run has 2.")]
    [InlineData(typeof(SameName), "win: ", "SameName.One and ", "have the same name.")]
    [InlineData(typeof(UnknownParameter), "Unknown: parameter 'when' of type DateTime cannot be bound; an HTTP function can have")]
    [InlineData(typeof(WrongBlobType), "WrongBlob: parameter 'blob' of type String cannot be bound; a blob function can have BlobClient")]
    [InlineData(typeof(NotInPath), "NotInPath: parameter 'file' of type String cannot be bound", ", name as string")]
    [InlineData(typeof(WrongSchedule), "Never: the schedule 'every day' is neither a cron expression")]
    [InlineData(typeof(MissingSetting), "Missing: the setting Nowhere, named in '%Nowhere%', is missing.")]
    public void Build_FunctionNotRight_SaysWhatIsWrong(Type functions, params string[] parts)
    {
        var error = Assert.Throws<InvalidOperationException>(() => TestHost.Build([functions], ""));

        Assert.All(parts, part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Build_SeveralFaults_ListsThemAll()
    {
        var error = Assert.Throws<InvalidOperationException>(() => TestHost.Build([typeof(NoTrigger), typeof(WrongSchedule)], ""));

        Assert.Equal(3, error.Message.Split('\n').Length);
    }

    public static class NoTrigger
    {
        [Function("Alone")]
        public static void Run(CancellationToken cancellation)
        {
            cancellation.ThrowIfCancellationRequested();
        }
    }

    public static class TwoTriggers
    {
        [Function("Both")]
        public static string Run([HttpTrigger] HttpRequest request, [TimerTrigger("0 0 0 * * *")] TimerInfo timer)
        {
            return $"{request}{timer}";
        }
    }

    public static class SameName
    {
        [Function("Twin")]
        public static string One([HttpTrigger] HttpRequest request)
        {
            return request.Path;
        }

        [Function("twin")]
        public static string Two([HttpTrigger] HttpRequest request)
        {
            return request.Path;
        }
    }

    public static class UnknownParameter
    {
        [Function("Unknown")]
        public static string Run([HttpTrigger] HttpRequest request, DateTime when)
        {
            return $"{request}{when}";
        }
    }

    public static class WrongBlobType
    {
        [Function("WrongBlob")]
        public static string Run([BlobTrigger("drop/{name}")] string blob)
        {
            return blob;
        }
    }

    public static class NotInPath
    {
        [Function("NotInPath")]
        public static string Run([BlobTrigger("drop/{name}")] BlobClient blob, string file)
        {
            return blob.Name + file;
        }
    }

    public static class WrongSchedule
    {
        [Function("Never")]
        public static string Run([TimerTrigger("every day")] TimerInfo timer)
        {
            return $"{timer}";
        }
    }

    public static class MissingSetting
    {
        [Function("Missing")]
        public static string Run([TimerTrigger("%Nowhere%")] TimerInfo timer)
        {
            return $"{timer}";
        }
    }
}
