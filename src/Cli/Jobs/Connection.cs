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
    public JobsApi Api() => Url is null
        ? throw new IOException($"This needs the API of the function app: give --url, or set {UrlVariable}.")
        : new JobsApi(Url, Key, Folder is null ? "Check --url." : $"{StartOne} (The host of {Folder} was there last.)");

    /// <summary>The way files go: straight to the storage where it is known, else through the API.</summary>
    public IJobFiles Files() => Storage is null ? Api() : new StorageFiles(Storage);

    /// <summary>What the last local host left, as far as nothing else was given.</summary>
    /// <exception cref="IOException">Nothing was given, and there was none.</exception>
    public static Connection Resolve(string? url, string? key, string? storage, string? folder)
    {
        string? Or(string? given, string variable) => given ?? (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : null);

        (url, key, storage) = (Or(url, UrlVariable), Or(key, KeyVariable), Or(storage, StorageVariable));
        if (url is not null || storage is not null)
        {
            return new Connection(url is null ? null : Address(url), key, storage, null);
        }

        string place = folder ?? DataFolder.OfUser;
        HostRecord host = DataFolder.ReadRecord(place)
            ?? throw new IOException($"No host has run with its data in {place}. {StartOne}");
        return new Connection(new Uri(host.Url), key ?? host.Key, host.Storage, place);
    }

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
