using System.Text;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

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

    /// <summary>Changes a letter of the last record of an app's only history.</summary>
    public static async Task DamageAsync(TestApp app)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await foreach (BlobItem item in app.Container.GetBlobsAsync(BlobTraits.None, BlobStates.None, "history/", cancellation))
        {
            AppendBlobClient blob = app.Container.GetAppendBlobClient(item.Name);
            byte[] bytes = (await blob.DownloadContentAsync(cancellation)).Value.Content.ToArray();
            bytes[^3] ^= 1;
            await blob.CreateAsync(cancellationToken: cancellation);
            using var content = new MemoryStream(bytes);
            await blob.AppendBlockAsync(content, cancellationToken: cancellation);
        }
    }
}
