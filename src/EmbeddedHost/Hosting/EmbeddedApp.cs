using CellStitch.EmbeddedHost.Engine;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace CellStitch.EmbeddedHost.Hosting;

/// <summary>Puts the host of a function app together.</summary>
internal static class EmbeddedApp
{
    /// <summary>The host that runs the functions among the methods of some types.</summary>
    /// <exception cref="InvalidOperationException">The functions, host.json or the settings are not right.</exception>
    public static StoppableHost Build(WebApplicationBuilder web, Type[] types, bool takesWebRequests)
    {
        FunctionCatalog catalog = FunctionCatalog.From(types, web.Configuration);
        if (!takesWebRequests && catalog.WithTrigger<HttpTriggerAttribute>().Any())
        {
            throw new InvalidOperationException("The app has HTTP functions: call ConfigureFunctionsWebApplication() on its builder.");
        }

        HostJson hostJson = HostJson.Read(web.Configuration.GetSection(HostConfiguration.HostJsonSection));
        string? key = web.Configuration[HostConfiguration.FunctionKey];
        web.Services.TryAddSingleton(TimeProvider.System);
        web.Services.AddProblemDetails();
        web.Services
            .AddSingleton(catalog)
            .AddSingleton(hostJson)
            .AddSingleton(new FunctionKey(key))
            .AddSingleton<StorageConnections>()
            .AddSingleton<FunctionInvoker>()
            .AddSingleton<TriggerListeners>()
            .AddSingleton(services => Engine(services, hostJson))
            .AddSingleton(services => Client(services, key))
            .AddSingleton<FunctionHost>()
            .AddHostedService(services => services.GetRequiredService<FunctionHost>());

        WebApplication app = web.Build();
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            StatusCodeSelector = error => error switch
            {
                BadHttpRequestException bad => bad.StatusCode,
                // The host stops, or the caller has gone and does not see it.
                OperationCanceledException => StatusCodes.Status503ServiceUnavailable,
                _ => StatusCodes.Status500InternalServerError,
            },
        });
        app.UseStatusCodePages();
        HttpFunctions.Map(app);
        DurableManagement.Map(app);
        return new StoppableHost(app);
    }

    private const int ThreadsForTheHost = 8;

    private static DurableEngine Engine(IServiceProvider services, HostJson hostJson)
    {
        var invoker = services.GetRequiredService<FunctionInvoker>();
        // Activities compute and read synchronously, each on a thread of the pool; the lease and HTTP must not wait until the pool has grown for them.
        ThreadPool.GetMinThreads(out int workers, out int ports);
        ThreadPool.SetMinThreads(Math.Max(workers, hostJson.Durable.ActivitiesAtOnce + ThreadsForTheHost), ports);
        var engine = new DurableEngine(
            services.GetRequiredService<StorageConnections>().Blobs(StorageConnections.HostAccount),
            hostJson.Durable,
            invoker.Calls,
            services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<ILoggerFactory>());
        invoker.Durable = engine.Client;
        return engine;
    }

    private static EngineClient Client(IServiceProvider services, string? key)
    {
        EngineClient client = services.GetRequiredService<DurableEngine>().Client;
        client.HostKey = string.IsNullOrEmpty(key) ? null : key;
        return client;
    }
}
