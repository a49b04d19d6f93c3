using System.CommandLine;
using CellStitch.Cli.Local;

namespace CellStitch.Cli.Jobs;

/// <summary>Which function app and which storage account a command speaks to.</summary>
/// <param name="Url">Base of the API; null when only the storage is known.</param>
/// <param name="Key">Its function key, if it asks for one.</param>
/// <param name="Storage">Connection string of the account with the drop folder; null when only the API is known.</param>
/// <param name="Folder">The local host's folder it was found in; null when it was given.</param>
internal sealed record Connection(Uri? Url, string? Key, string? Storage, string? Folder)
{
    public const string UrlVariable = "CELLSTITCH_URL";
    public const string KeyVariable = "CELLSTITCH_KEY";
    public const string StorageVariable = "CELLSTITCH_STORAGE";

    private const string StartOne = "Start one with 'cellstitch host', or give --url and --key, or --storage.";

    /// <summary>The API.</summary>
    /// <exception cref="IOException">It is not known where.</exception>
    public JobsClient Api() => Url is null
        ? throw new IOException($"This needs the API of the function app: give --url, or set {UrlVariable}.")
        : new JobsClient(Url, Key, Folder is null ? "Check --url." : $"{StartOne} (The host of {Folder} was there last.)");

    /// <summary>The way files go: straight to the storage where it is known, else through the API.</summary>
    public IJobFiles Files() => Storage is null ? Api() : new StorageFiles(Storage);

    /// <summary>What was given, else what the environment says, else the local host.</summary>
    /// <param name="url">--url.</param>
    /// <param name="key">--key.</param>
    /// <param name="storage">--storage.</param>
    /// <param name="folder">--data; goes before the environment.</param>
    /// <exception cref="IOException">Nothing was given, and there was no local host.</exception>
    public static Connection Resolve(string? url, string? key, string? storage, string? folder)
    {
        if ((url ?? storage) is null && folder is null)
        {
            (url, storage) = (Variable(UrlVariable), Variable(StorageVariable));
        }

        key ??= Variable(KeyVariable);
        return (url ?? storage) is null
            ? OfLocalHost(folder ?? DataFolder.OfUser, key)
            : new Connection(url is null ? null : Address(url), key, storage, null);
    }

    /// <summary>The host that has its data in a folder, or had them there last.</summary>
    /// <param name="folder">Its data folder.</param>
    /// <param name="key">A function key, if not the one it noted.</param>
    /// <exception cref="IOException">There was none.</exception>
    public static Connection OfLocalHost(string folder, string? key = null)
    {
        HostRecord host = DataFolder.ReadRecord(folder)
            ?? throw new IOException($"No host has run with its data in {folder}. {StartOne}");
        return new Connection(new Uri(host.Url), key ?? host.Key, host.Storage, folder);
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    private static Uri Address(string url) => Uri.TryCreate(url, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https"
        ? address
        : throw new IOException($"--url {url}: expected an address such as https://my-app.azurewebsites.net.");
}

/// <summary>Nobody answers where a function app or a storage account should be; it may do so later.</summary>
internal sealed class NoAnswerException(string message, Exception innerException) : IOException(message, innerException);

/// <summary>The options that say which function app and which storage account.</summary>
internal sealed class ConnectionOptions
{
    private readonly Option<string?> _url = new("--url") { HelpName = "URL", Description = $"The function app, if not the local host. [{Connection.UrlVariable}]" };
    private readonly Option<string?> _key = new("--key") { HelpName = "KEY", Description = $"Its function key. [{Connection.KeyVariable}]" };

    private readonly Option<string?> _storage = new("--storage")
    {
        HelpName = "CONNECTION",
        Description = $"The storage account with the drop folder, if not the local host's. [{Connection.StorageVariable}]",
    };

    private readonly Option<string?> _data = new("--data") { HelpName = "FOLDER", Description = "Data folder of the local host, if not the default one." };

    public ConnectionOptions(Command command)
    {
        command.Add(_url);
        command.Add(_key);
        command.Add(_storage);
        command.Add(_data);
    }

    /// <summary>Where the local host keeps its data, unless another place is given.</summary>
    public string DataFolder(ParseResult arguments) => Path.GetFullPath(arguments.GetValue(_data) ?? Local.DataFolder.OfUser);

    /// <summary>Where to; found when the command runs, not when its arguments are read.</summary>
    public Func<Connection> Read(ParseResult arguments)
    {
        string? url = arguments.GetValue(_url);
        string? key = arguments.GetValue(_key);
        string? storage = arguments.GetValue(_storage);
        string? data = arguments.GetValue(_data);
        return () => Connection.Resolve(url, key, storage, data);
    }
}
