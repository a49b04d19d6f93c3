using Azure.Core;
using Azure.Identity;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using Microsoft.Extensions.Configuration;

namespace CellStitch.EmbeddedHost.Hosting;

/// <summary>
/// Storage accounts by the name of their connection, as the official worker finds them: <c>AzureWebJobs{name}</c> before <c>{name}</c>, at each
/// <c>ConnectionStrings</c> first; a connection string, or a section with <c>accountName</c> or <c>blobServiceUri</c> and <c>queueServiceUri</c>,
/// for which the identity is used that <c>credential</c> and <c>clientId</c> name.
/// </summary>
internal sealed class StorageConnections(IConfiguration settings)
{
    /// <summary>The account of the host itself: <c>AzureWebJobsStorage</c>.</summary>
    public const string HostAccount = "Storage";

    /// <summary>The blobs of an account.</summary>
    /// <param name="name">The connection's name.</param>
    /// <param name="options">Retries and time limits; null = the library's.</param>
    /// <exception cref="InvalidOperationException">There is no such connection.</exception>
    public BlobServiceClient Blobs(string name, BlobClientOptions? options = null)
    {
        IConfigurationSection connection = Find(name);
        return connection.Value is { Length: > 0 } text
            ? Explained(connection, () => new BlobServiceClient(text, options))
            : new BlobServiceClient(ServiceUri(connection, "blob"), Identity(connection), options);
    }

    /// <summary>A queue of an account; its messages are Base64, as the official extensions write them.</summary>
    public QueueClient Queue(string name, string queue)
    {
        var options = new QueueClientOptions { MessageEncoding = QueueMessageEncoding.Base64 };
        IConfigurationSection connection = Find(name);
        return connection.Value is { Length: > 0 } text
            ? Explained(connection, () => new QueueClient(text, queue, options))
            : new QueueClient(new Uri($"{ServiceUri(connection, "queue").AbsoluteUri.TrimEnd('/')}/{queue}"), Identity(connection), options);
    }

    private IConfigurationSection Find(string name)
    {
        string[] keys = [$"ConnectionStrings:AzureWebJobs{name}", $"AzureWebJobs{name}", $"ConnectionStrings:{name}", name];
        return keys.Select(settings.GetSection).FirstOrDefault(section => section.Exists())
            ?? throw new InvalidOperationException(
                $"There is no storage connection '{name}': set AzureWebJobs{name} or {name} to a connection string, "
                + $"or {name}__blobServiceUri and {name}__queueServiceUri.");
    }

    private static T Explained<T>(IConfigurationSection connection, Func<T> open)
    {
        try
        {
            return open();
        }
        catch (FormatException error)
        {
            throw new InvalidOperationException($"The setting {connection.Path} is not a storage connection string: {error.Message}", error);
        }
    }

    private static Uri ServiceUri(IConfigurationSection connection, string service)
    {
        string? uri = connection[$"{service}ServiceUri"] ?? connection["serviceUri"];
        string? account = connection["accountName"];
        return uri is not null ? new Uri(uri)
            : account is not null ? new Uri($"https://{account}.{service}.core.windows.net")
            : throw new InvalidOperationException(
                $"The storage connection {connection.Path} has neither {service}ServiceUri nor accountName.");
    }

    private static TokenCredential Identity(IConfigurationSection connection)
    {
        string? client = connection["clientId"];
        return connection["credential"] switch
        {
            null when client is null => new DefaultAzureCredential(),
            null or "managedidentity" => new ManagedIdentityCredential(
                client is null ? ManagedIdentityId.SystemAssigned : ManagedIdentityId.FromUserAssignedClientId(client)),
            string other => throw new InvalidOperationException($"{connection.Path}:credential is '{other}'; this host knows 'managedidentity'."),
        };
    }
}
