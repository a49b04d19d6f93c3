using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;

namespace CellStitch.EmbeddedHost.Hosting;

/// <summary>The functions of an app, found by their attributes and checked before anything runs.</summary>
internal sealed class FunctionCatalog
{
    private readonly Dictionary<string, FunctionDescription> _functions;

    private FunctionCatalog(Dictionary<string, FunctionDescription> functions)
    {
        _functions = functions;
    }

    /// <summary>All functions by name, ascending.</summary>
    public IEnumerable<FunctionDescription> All => _functions.Values.OrderBy(function => function.Name, StringComparer.Ordinal);

    /// <summary>The functions with one kind of trigger that are not switched off.</summary>
    public IEnumerable<(FunctionDescription Function, TTrigger Trigger)> WithTrigger<TTrigger>()
        where TTrigger : Attribute
    {
        return All.Where(function => !function.Disabled && function.Trigger is TTrigger).Select(function => (function, (TTrigger)function.Trigger));
    }

    /// <summary>The orchestrator or activity function of a name, without regard to case.</summary>
    /// <exception cref="InvalidOperationException">There is none, or it is switched off.</exception>
    public FunctionDescription Durable<TTrigger>(string name)
        where TTrigger : Attribute
    {
        if (_functions.TryGetValue(name, out FunctionDescription? function) && function.Trigger is TTrigger && !function.Disabled)
        {
            return function;
        }

        string others = string.Join(", ", WithTrigger<TTrigger>().Select(other => other.Function.Name));
        throw new InvalidOperationException($"The app has no enabled function '{name}' with {typeof(TTrigger).Name}; it has {others}.");
    }

    /// <summary>Finds the functions among the public methods of types.</summary>
    /// <param name="types">The types of the app.</param>
    /// <param name="settings">Where <c>AzureWebJobs.{Name}.Disabled</c> may stand, and settings named in <c>%…%</c>.</param>
    /// <exception cref="InvalidOperationException">Some functions are not right; the message lists each fault.</exception>
    public static FunctionCatalog From(IEnumerable<Type> types, IConfiguration settings)
    {
        const BindingFlags Public = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        var functions = new Dictionary<string, FunctionDescription>(StringComparer.OrdinalIgnoreCase);
        var faults = new List<string>();
        foreach (MethodInfo method in types.Where(type => type.IsClass).SelectMany(type => type.GetMethods(Public)))
        {
            if (method.GetCustomAttribute<FunctionAttribute>() is { } attribute)
            {
                FunctionDescription? function = Describe(attribute.Name, method, settings, faults);
                if (function is not null && !functions.TryAdd(function.Name, function))
                {
                    faults.Add($"{function.Name}: {functions[function.Name].EntryPoint} and {function.EntryPoint} have the same name.");
                }
            }
        }

        return faults.Count == 0
            ? new FunctionCatalog(functions)
            : throw new InvalidOperationException($"The functions of the app are not right:\n  {string.Join("\n  ", faults)}");
    }

    private static FunctionDescription? Describe(string name, MethodInfo method, IConfiguration settings, List<string> faults)
    {
        int before = faults.Count;
        (ParameterInfo Parameter, Attribute Trigger)[] triggers =
            [.. method.GetParameters().SelectMany(p => p.GetCustomAttributes().Where(IsTrigger).Select(a => (p, a)))];
        if (triggers.Length != 1)
        {
            faults.Add($"{name}: a function has one trigger; {method.DeclaringType!.FullName}.{method.Name} has {triggers.Length}.");
            return null;
        }

        (ParameterInfo marked, Attribute trigger) = triggers[0];
        if (method.DeclaringType!.IsAbstract && !method.IsStatic)
        {
            faults.Add($"{name}: {method.DeclaringType.FullName} is abstract.");
        }

        ParameterSource[] sources = ParameterSources.Of(name, method, marked, trigger, settings, faults);
        return faults.Count > before
            ? null
            : new FunctionDescription(name, method, trigger, sources) { Disabled = IsDisabled(name, settings) };
    }

    private static bool IsTrigger(Attribute attribute)
    {
        return attribute is HttpTriggerAttribute or BlobTriggerAttribute or TimerTriggerAttribute
            or OrchestrationTriggerAttribute or ActivityTriggerAttribute;
    }

    private static bool IsDisabled(string name, IConfiguration settings)
    {
        // Environment variables cannot hold points everywhere: the official host takes underscores too.
        string? value = settings[$"AzureWebJobs.{name}.Disabled"] ?? settings[$"AzureWebJobs_{name}_Disabled"];
        return value is "1" || (bool.TryParse(value, out bool disabled) && disabled);
    }
}
