using System.ComponentModel;
using System.Reflection;
using System.Text.Json;
using Azure.Storage.Blobs;
using CellStitch.EmbeddedHost.Engine;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Configuration;

namespace CellStitch.EmbeddedHost.Hosting;

/// <summary>Decides once, at the start, where each parameter of a function comes from.</summary>
internal static class ParameterSources
{
    /// <summary>The value of an activity function's <c>instanceId</c> parameter.</summary>
    public const string InstanceId = "instanceId";

    /// <summary>One source per parameter; faults are added for parameters and triggers this host cannot serve.</summary>
    public static ParameterSource[] Of(
        string function, MethodInfo method, ParameterInfo marked, Attribute trigger, IConfiguration settings, List<string> faults)
    {
        string[] names = [];
        try
        {
            names = ValueNames(function, trigger, settings);
        }
        catch (Exception error) when (error is FormatException or InvalidOperationException)
        {
            faults.Add($"{function}: {error.Message}");
        }

        bool inputTaken = false;
        var sources = new List<ParameterSource>();
        foreach (ParameterInfo parameter in method.GetParameters())
        {
            ParameterSource? source = Common(parameter)
                ?? (parameter == marked ? OfTrigger(parameter.ParameterType, trigger) : OfValue(parameter, names));
            if (source is null && trigger is OrchestrationTriggerAttribute && parameter != marked && !inputTaken)
            {
                (source, inputTaken) = (OrchestrationInput(parameter.ParameterType), true);
            }

            if (source is null)
            {
                faults.Add($"{function}: parameter '{parameter.Name}' of type {parameter.ParameterType.Name} cannot be bound; {Offer(trigger, names)}.");
            }

            sources.Add(source ?? (_ => null));
        }

        return [.. sources];
    }

    private static ParameterSource? Common(ParameterInfo parameter)
    {
        Type type = parameter.ParameterType;
        return parameter.IsDefined(typeof(DurableClientAttribute)) ? type == typeof(DurableTaskClient) ? run => run.Durable : null
            : type == typeof(FunctionContext) ? run => run
            : type == typeof(CancellationToken) ? run => run.CancellationToken
            : null;
    }

    private static ParameterSource? OfTrigger(Type type, Attribute trigger)
    {
        return trigger switch
        {
            HttpTriggerAttribute when type == typeof(HttpRequest) => run => run.Trigger,
            BlobTriggerAttribute when type == typeof(BlobClient) => run => run.Trigger,
            TimerTriggerAttribute when type == typeof(TimerInfo) => run => run.Trigger,
            OrchestrationTriggerAttribute when type == typeof(TaskOrchestrationContext) => run => run.Trigger,
            ActivityTriggerAttribute => run => ActivityInput((string?)run.Trigger, type),
            _ => null,
        };
    }

    private static object? ActivityInput(string? json, Type type)
    {
        return json is not null ? JsonSerializer.Deserialize(json, type, PayloadConverter.Options)
            : type.IsValueType ? Activator.CreateInstance(type)
            : null;
    }

    private static ParameterSource? OfValue(ParameterInfo parameter, string[] names)
    {
        string name = parameter.Name!;
        if (!names.Contains(name, StringComparer.OrdinalIgnoreCase))
        {
            return null;
        }

        if (parameter.ParameterType == typeof(string))
        {
            return run => run.Values.GetValueOrDefault(name)?.ToString();
        }

        TypeConverter converter = TypeDescriptor.GetConverter(parameter.ParameterType);
        return converter.CanConvertFrom(typeof(string)) ? run => Converted(run.Values.GetValueOrDefault(name)?.ToString(), name, converter) : null;
    }

    private static object? Converted(string? text, string name, TypeConverter converter)
    {
        try
        {
            return text is null ? null : converter.ConvertFromInvariantString(text);
        }
        catch (Exception error) when (error is FormatException or ArgumentException or NotSupportedException)
        {
            throw new BadHttpRequestException($"'{text}' is not right for '{name}' in the path.", error);
        }
    }

    private static ParameterSource OrchestrationInput(Type type)
    {
        MethodInfo read = typeof(TaskOrchestrationContext).GetMethod(nameof(TaskOrchestrationContext.GetInput))!.MakeGenericMethod(type);
        return run => read.Invoke(run.Trigger, BindingFlags.DoNotWrapExceptions, null, null, null);
    }

    /// <summary>The names that parameters may have for parts of the route or path; throws when the trigger's text is wrong.</summary>
    private static string[] ValueNames(string function, Attribute trigger, IConfiguration settings)
    {
        switch (trigger)
        {
            case HttpTriggerAttribute http:
                return [.. RoutePatternFactory.Parse(http.Route ?? function).Parameters.Select(part => part.Name)];
            case BlobTriggerAttribute blob:
                return BlobPath.Parse(SettingReferences.Resolve(blob.BlobPath, settings)).ValueNames;
            case TimerTriggerAttribute timer:
                _ = TimerSchedule.Parse(SettingReferences.Resolve(timer.Schedule, settings));
                return [];
            case ActivityTriggerAttribute:
                return [InstanceId];
            default:
                return [];
        }
    }

    private static string Offer(Attribute trigger, string[] names)
    {
        const string Always = "FunctionContext, CancellationToken";
        const string Client = $"[DurableClient] DurableTaskClient, {Always}";
        string values = names.Length == 0 ? "" : $", {string.Join(", ", names)}";
        return trigger switch
        {
            HttpTriggerAttribute => $"an HTTP function can have HttpRequest (with the trigger){values}, {Client}",
            BlobTriggerAttribute => $"a blob function can have BlobClient (with the trigger){values} as string, {Client}",
            TimerTriggerAttribute => $"a timer function can have TimerInfo (with the trigger), {Client}",
            OrchestrationTriggerAttribute => $"an orchestrator can have TaskOrchestrationContext (with the trigger), its input, {Always}",
            _ => $"an activity can have its input (with the trigger), string instanceId, {Client}",
        };
    }
}
