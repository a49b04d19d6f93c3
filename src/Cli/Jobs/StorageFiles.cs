using Azure;
using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using CellStitch.Functions.Storage;

namespace CellStitch.Cli.Jobs;

/// <summary>The files of jobs in their storage account.</summary>
internal sealed class StorageFiles : IJobFiles
{
    // Faster than one block after another, and still small beside the stacks.
    private static readonly StorageTransferOptions Transfer = new() { MaximumTransferSize = 8 << 20, InitialTransferSize = 8 << 20, MaximumConcurrency = 4 };

    private readonly string _connection;
    private readonly BlobContainerClient _drop;
    private readonly BlobContainerClient _results;

    /// <param name="connection">Connection string of the account.</param>
    /// <exception cref="IOException">It is not one.</exception>
    public StorageFiles(string connection)
    {
        _connection = connection;
        try
        {
            BlobServiceClient account = Account(new());
            (_drop, _results) = (account.GetBlobContainerClient(DataAccount.DropContainer), account.GetBlobContainerClient(DataAccount.ResultsContainer));
        }
        catch (FormatException fault)
        {
            throw new IOException($"The connection string of the storage cannot be read ({fault.Message}); copy it as 'cellstitch host' or Azure shows it.");
        }
    }

    /// <summary>Where files are dropped.</summary>
    public Uri Drop => _drop.Uri;

    /// <summary>Asks the account for the drop folder, once: transfers have the patience for an account that is away for a while.</summary>
    public void Ping(CancellationToken cancellation)
    {
        BlobServiceClient account = Account(new() { Retry = { MaxRetries = 0 } });
        Call(() => account.GetBlobContainerClient(_drop.Name).Exists(cancellation));
    }

    public void Upload(string job, string name, Stream content, IProgress<long> sent, CancellationToken cancellation)
    {
        Call(() =>
        {
            _drop.CreateIfNotExists(cancellationToken: cancellation);
            BlobUploadOptions options = new() { TransferOptions = Transfer, ProgressHandler = sent };
            return _drop.GetBlobClient($"{job}/{name}").Upload(content, options, cancellation);
        });
    }

    public Stream? OpenResult(string job, string name, CancellationToken cancellation)
    {
        try
        {
            return Call(() => _results.GetBlobClient($"{job}/{name}").DownloadStreaming(cancellationToken: cancellation)).Value.Content;
        }
        catch (RequestFailedException fault) when (fault.Status == 404)
        {
            return null;
        }
    }

    private BlobServiceClient Account(BlobClientOptions options) => new(_connection, options);

    // An account that does not answer, or does not let us in, is a thing to tell in one sentence. What the service says of a blob is not.
    private T Call<T>(Func<T> call)
    {
        try
        {
            return call();
        }
        catch (RequestFailedException fault) when (fault.Status is not (404 or 409 or 412))
        {
            throw Told(fault);
        }
        catch (AggregateException fault) when (fault.InnerExceptions[^1] is RequestFailedException last)
        {
            throw Told(last);
        }
    }

    private IOException Told(RequestFailedException fault) => fault.Status switch
    {
        0 => new NoAnswerException($"The storage at {_drop.Uri} does not answer: is 'cellstitch host' running, and the address right?", fault),
        401 or 403 => new IOException($"The storage at {_drop.Uri} refuses the key of the connection string ({fault.ErrorCode}).", fault),
        _ => new IOException($"The storage at {_drop.Uri} answers {fault.Status} {fault.ErrorCode}.", fault),
    };
}
