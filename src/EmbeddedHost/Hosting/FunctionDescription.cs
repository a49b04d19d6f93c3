using System.Reflection;
using Microsoft.Azure.Functions.Worker;

namespace CellStitch.EmbeddedHost.Hosting;

/// <summary>A function of the app: its method, its trigger and where its parameters come from.</summary>
internal sealed class FunctionDescription(string name, MethodInfo method, Attribute trigger, ParameterSource[] parameters) : FunctionDefinition
{
    public override string Name => name;

    public override string Id => name;

    public override string EntryPoint => $"{method.DeclaringType!.FullName}.{method.Name}";

    public override string PathToAssembly => method.DeclaringType!.Assembly.Location;

    public MethodInfo Method => method;

    /// <summary>The one attribute of a parameter that says what runs the function.</summary>
    public Attribute Trigger => trigger;

    /// <summary>One source per parameter, in order.</summary>
    public ParameterSource[] Parameters => parameters;

    /// <summary>Set by <c>AzureWebJobs.{Name}.Disabled</c>: the function's trigger is not listened to.</summary>
    public bool Disabled { get; init; }
}

/// <summary>Gives the value of a parameter for one run.</summary>
internal delegate object? ParameterSource(FunctionRun run);
