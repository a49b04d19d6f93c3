using Azure.Core;
using Azure.Identity;
using Azure.Storage.Blobs;
using Microsoft.Extensions.Configuration;

namespace CellStitch.Functions.Storage;

/// <summary>The storage account of the data: the containers drop, results and work.</summary>
public sealed class DataAccount
{
    /// <summary>Name of the connection, as the triggers name it.</summary>
    public const string Connection = "DataStorage";

    /// <summary>Name of the drop container.</summary>
    public const string DropContainer = "drop";

    /// <summary>Name of the results container.</summary>
    public const string ResultsContainer = "results";

    /// <summary>Name of the container of intermediates.</summary>
    public const string WorkContainer = "work";

    private DataAccount(BlobServiceClient service)
    {
        Service = service;
        Drop = service.GetBlobContainerClient(DropContainer);
        Results = service.GetBlobContainerClient(ResultsContainer);
        Work = service.GetBlobContainerClient(WorkContainer);
    }

    // Activities that fail are tried again by their orchestration: an account that is away must not hold each try for the library's own half a minute, or
    // 100 s where nothing answers, times the parts of a volume.
    private static BlobClientOptions Options => new() { Retry = { MaxRetries = 2, NetworkTimeout = TimeSpan.FromSeconds(60) } };

    /// <summary>The account.</summary>
    public BlobServiceClient Service { get; }

    /// <summary>What users drop.</summary>
    public BlobContainerClient Drop { get; }

    /// <summary>What they get back.</summary>
    public BlobContainerClient Results { get; }

    /// <summary>Intermediates, a folder per run.</summary>
    public BlobContainerClient Work { get; }

    /// <summary>
    /// Connects by a connection string (<c>DataStorage</c>) or by identity: <c>DataStorage__blobServiceUri</c> or <c>DataStorage__accountName</c>, with
    /// <c>DataStorage__clientId</c> for a user-assigned identity.
    /// </summary>
    /// <exception cref="InvalidOperationException">The connection is not configured.</exception>
    public static DataAccount Connect(IConfiguration configuration)
    {
        IConfigurationSection section = configuration.GetSection(Connection);
        if (section.Value is { Length: > 0 } connectionString)
        {
            return new DataAccount(new BlobServiceClient(connectionString, Options));
        }

        string? uri = section["blobServiceUri"] ?? (section["accountName"] is { } name ? $"https://{name}.blob.core.windows.net" : null);
        return uri is null
            ? throw new InvalidOperationException($"The setting {Connection} is missing: a connection string, or {Connection}__blobServiceUri with an identity.")
            : new DataAccount(new BlobServiceClient(new Uri(uri), Credential(section), Options));
    }

    /// <summary>Creates the containers that are missing.</summary>
    public async Task CreateContainersAsync(CancellationToken cancellation)
    {
        foreach (BlobContainerClient container in new[] { Drop, Results, Work })
        {
            await container.CreateIfNotExistsAsync(cancellationToken: cancellation);
        }
    }

    /// <summary>The app's identity.</summary>
    internal static TokenCredential Credential(IConfiguration configuration) => Credential(configuration.GetSection(Connection));

    private static TokenCredential Credential(IConfigurationSection section) => (section["credential"], section["clientId"]) switch
    {
        ("managedidentity", { } clientId) => new ManagedIdentityCredential(ManagedIdentityId.FromUserAssignedClientId(clientId)),
        ("managedidentity", null) => new ManagedIdentityCredential(ManagedIdentityId.SystemAssigned),
        _ => new DefaultAzureCredential(),
    };
}
