using CellStitch.EmbeddedHost.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Microsoft.Azure.Functions.Worker.Builder;

/// <summary>Collects the services and settings of a function app and builds the host that runs it.</summary>
public class FunctionsApplicationBuilder : IHostApplicationBuilder
{
    private readonly WebApplicationBuilder _web;
    private readonly Type[] _types;

    /// <summary>A builder for the functions of the given types.</summary>
    /// <param name="args">The program's arguments.</param>
    /// <param name="types">Types whose methods may be functions.</param>
    /// <param name="folder">Where host.json and local.settings.json lie; null = the working directory.</param>
    internal FunctionsApplicationBuilder(string[] args, Type[] types, string? folder = null)
    {
        _types = types;
        _web = HostConfiguration.CreateBuilder(args, folder ?? Directory.GetCurrentDirectory());
    }

    /// <summary>What parts of the app's set-up hand to each other.</summary>
    public IDictionary<object, object> Properties => ((IHostApplicationBuilder)_web).Properties;

    /// <summary>The settings: arguments before environment variables before the values of local.settings.json.</summary>
    public ConfigurationManager Configuration => _web.Configuration;

    /// <summary>The environment's name (<c>AZURE_FUNCTIONS_ENVIRONMENT</c>) and the app's folder.</summary>
    public IHostEnvironment Environment => _web.Environment;

    /// <summary>Where log lines go.</summary>
    public ILoggingBuilder Logging => _web.Logging;

    /// <summary>Where metrics go.</summary>
    public IMetricsBuilder Metrics => _web.Metrics;

    /// <summary>The services that functions may ask for.</summary>
    public IServiceCollection Services => _web.Services;

    /// <summary>Whether functions take ASP.NET Core's requests; without it HTTP functions are an error.</summary>
    internal bool TakesWebRequests { get; set; }

    IConfigurationManager IHostApplicationBuilder.Configuration => _web.Configuration;

    /// <summary>The host of the app.</summary>
    /// <exception cref="InvalidOperationException">The functions or the settings are not right; the message lists what is wrong.</exception>
    public IHost Build()
    {
        return EmbeddedApp.Build(_web, _types, TakesWebRequests);
    }

    /// <summary>Uses another container for the services.</summary>
    /// <typeparam name="TContainerBuilder">The container's builder.</typeparam>
    /// <param name="factory">Makes the container.</param>
    /// <param name="configure">Sets it up.</param>
    public void ConfigureContainer<TContainerBuilder>(IServiceProviderFactory<TContainerBuilder> factory, Action<TContainerBuilder>? configure = null)
        where TContainerBuilder : notnull
    {
        ((IHostApplicationBuilder)_web).ConfigureContainer(factory, configure);
    }
}
