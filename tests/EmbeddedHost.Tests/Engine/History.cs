using System.Text;
using Azure.Storage.Blobs.Models;

namespace CellStitch.EmbeddedHost.Tests.Engine;

internal static class History
{
    /// <summary>All records of an app's only run, as they stand in storage.</summary>
    public static async Task<string> ReadAsync(TestApp app)
    {
        var text = new StringBuilder();
        await foreach (BlobItem blob in app.Container.GetBlobsAsync(
            BlobTraits.None, BlobStates.None, "history/", TestContext.Current.CancellationToken))
        {
            text.Append((await app.Container.GetBlobClient(blob.Name).DownloadContentAsync(TestContext.Current.CancellationToken)).Value.Content);
        }

        return text.ToString();
    }
}
