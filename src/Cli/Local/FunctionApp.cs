using System.Diagnostics;
using System.Reflection;
using CellStitch.Functions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CellStitch.Cli.Local;

/// <summary>The function app, run in this process by its own Program.</summary>
internal static class FunctionApp
{
    /// <summary>Runs the app until it is told to stop, or stops by itself.</summary>
    /// <param name="arguments">Its command line.</param>
    /// <param name="settings">Its settings, which take the place of environment variables.</param>
    /// <param name="started">Called once it serves.</param>
    /// <param name="stop">Lets it end what it does.</param>
    public static void Run(string[] arguments, IReadOnlyDictionary<string, string> settings, Action started, CancellationToken stop)
    {
        foreach ((string name, string value) in settings)
        {
            Environment.SetEnvironmentVariable(name, value);
        }

        MethodInfo program = typeof(AppSettings).Assembly.EntryPoint!;
        using (DiagnosticListener.AllListeners.Subscribe(new HostWatch(started, stop)))
        {
            program.Invoke(null, BindingFlags.DoNotWrapExceptions, null, [arguments], null);
        }
    }

    // The app's Program knows nothing of us. .NET's hosts announce themselves when they are built, which test servers and design-time tools use too.
    private sealed class HostWatch(Action started, CancellationToken stop) : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>
    {
        public void OnNext(DiagnosticListener value)
        {
            if (value.Name == "Microsoft.Extensions.Hosting")
            {
                value.Subscribe(this);
            }
        }

        public void OnNext(KeyValuePair<string, object?> value)
        {
            if (value is { Key: "HostBuilt", Value: IHost host })
            {
                IHostApplicationLifetime lifetime = host.Services.GetRequiredService<IHostApplicationLifetime>();
                lifetime.ApplicationStarted.Register(started);
                stop.Register(lifetime.StopApplication);
            }
        }

        public void OnCompleted()
        {
        }

        public void OnError(Exception error)
        {
        }
    }
}
