using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using CellStitch.Tests;

namespace CellStitch.EmbeddedHost.Tests;

public class AzuriteTests
{
    [Fact]
    public async Task Azurite_TwoAccounts_DoNotSeeEachOther()
    {
        var first = new BlobServiceClient(Azurite.NewAccount());
        var second = new BlobServiceClient(Azurite.NewAccount());

        await first.CreateBlobContainerAsync("drop", cancellationToken: TestContext.Current.CancellationToken);

        Assert.False(await second.GetBlobContainerClient("drop").ExistsAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Azurite_StoppedAndStartedAgain_KeepsItsData()
    {
        string folder = Directory.CreateTempSubdirectory("azurite-").FullName;
        int[] ports;
        string account;
        using (Azurite azurite = Azurite.Start(null, folder))
        {
            (ports, account) = (azurite.Ports, azurite.Account());
            await new QueueClient(account, "kept").CreateAsync(cancellationToken: TestContext.Current.CancellationToken);
        }

        using (Azurite.Start(ports, folder))
        {
            Assert.True(await new QueueClient(account, "kept").ExistsAsync(TestContext.Current.CancellationToken));
        }

        Directory.Delete(folder, recursive: true);
    }
}
