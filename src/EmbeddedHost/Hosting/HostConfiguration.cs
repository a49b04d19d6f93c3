using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CellStitch.EmbeddedHost.Hosting;

/// <summary>
/// The settings, each source overriding those before it: host.json, the values of local.settings.json, environment variables, arguments.
/// As in the official host, host.json can be overridden by settings below <c>AzureFunctionsJobHost</c>.
/// </summary>
internal static class HostConfiguration
{
    /// <summary>Where the content of host.json stands among the settings.</summary>
    public const string HostJsonSection = "AzureFunctionsJobHost";

    /// <summary>Setting of the key that callers of functions must give; every caller is served while it is missing.</summary>
    public const string FunctionKey = "EmbeddedHost:FunctionKey";

    /// <summary>Setting of the port on 127.0.0.1; <c>--port</c> sets it. <c>urls</c> overrides it, e.g. to listen on other addresses.</summary>
    public const string Port = "EmbeddedHost:Port";

    private const int DefaultPort = 7071;

    private static readonly Dictionary<string, string> ShortArguments = new() { ["--port"] = Port };

    /// <summary>A web application with these settings, on Kestrel, that logs to the console.</summary>
    /// <param name="args">The program's arguments.</param>
    /// <param name="folder">Where host.json and local.settings.json lie; a missing host.json is taken from beside the program.</param>
    public static WebApplicationBuilder CreateBuilder(string[] args, string folder)
    {
        WebApplicationBuilder web = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            ContentRootPath = folder,
            EnvironmentName = Environment.GetEnvironmentVariable("AZURE_FUNCTIONS_ENVIRONMENT"),
        });
        Dictionary<string, string?> files = new(StringComparer.OrdinalIgnoreCase) { ["Logging:LogLevel:Microsoft.AspNetCore"] = "Warning" };
        AddHostJson(files, folder);
        AddLocalSettings(files, Path.Combine(folder, "local.settings.json"));
        web.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = files });
        web.Configuration.AddCommandLine(args, ShortArguments);

        web.Logging.AddSimpleConsole(console => (console.SingleLine, console.TimestampFormat) = (true, "HH:mm:ss "));
        web.Services.Configure<HostOptions>(host => host.ShutdownTimeout = FunctionHost.ShutdownTimeout);
        web.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // Uploads of whole stacks stream through; the app has its own ceilings.
            kestrel.Limits.MaxRequestBodySize = null;
        });
        if (web.Configuration[WebHostDefaults.ServerUrlsKey] is null)
        {
            // Nobody else is served by a name that only leads here: a page from elsewhere cannot reach the host through the browser (DNS rebinding).
            web.Configuration["AllowedHosts"] = web.Configuration["AllowedHosts"] ?? "localhost;127.0.0.1";
            web.WebHost.UseUrls($"http://127.0.0.1:{web.Configuration.GetValue(Port, DefaultPort)}");
        }

        return web;
    }

    private static void AddHostJson(Dictionary<string, string?> settings, string folder)
    {
        string[] places = [Path.Combine(folder, "host.json"), Path.Combine(AppContext.BaseDirectory, "host.json")];
        if (Array.Find(places, File.Exists) is not { } path)
        {
            return;
        }

        foreach ((string key, string? value) in Read(path).AsEnumerable())
        {
            if (value is not null)
            {
                settings[$"{HostJsonSection}:{key}"] = value;
                if (key.StartsWith("logging:logLevel:", StringComparison.OrdinalIgnoreCase))
                {
                    settings[key] = value;
                }
            }
        }
    }

    private static void AddLocalSettings(Dictionary<string, string?> settings, string path)
    {
        if (!File.Exists(path))
        {
            return;
        }

        IConfigurationRoot file = Read(path);
        if (file.GetValue("IsEncrypted", false))
        {
            throw new InvalidOperationException($"{path} is encrypted; this host reads plain settings only (IsEncrypted: false).");
        }

        foreach ((string key, string? value) in file.GetSection("Values").AsEnumerable(makePathsRelative: true))
        {
            // The values stand for environment variables, in which two underscores mean a section.
            settings[key.Replace("__", ":", StringComparison.Ordinal)] = value;
        }

        foreach ((string key, string? value) in file.GetSection("ConnectionStrings").AsEnumerable())
        {
            settings[key] = value;
        }

        if (file["Host:LocalHttpPort"] is { } port)
        {
            settings[Port] = port;
        }
    }

    private static IConfigurationRoot Read(string path)
    {
        return new ConfigurationBuilder().AddJsonFile(Path.GetFullPath(path), optional: false, reloadOnChange: false).Build();
    }
}
