using System.Diagnostics;
using Spectre.Console;

namespace CellStitch.Cli;

/// <summary>How far a step of the work is.</summary>
/// <param name="Name">What is being done: "trace".</param>
/// <param name="Share">Share done, in [0, 1].</param>
/// <param name="Note">What is going on within it, where that is known.</param>
internal readonly record struct Step(string Name, double Share, string? Note = null)
{
    /// <summary>Name and note.</summary>
    public string Title => Note is null ? Name : $"{Name}: {Note}";
}

/// <summary>Progress of a part of the program as steps of the whole.</summary>
/// <param name="steps">Takes the steps; from any thread.</param>
/// <param name="translate">The program's own measure as a step.</param>
internal sealed class StepsOf<T>(IProgress<Step> steps, Func<T, Step> translate) : IProgress<T>
{
    public void Report(T value) => steps.Report(translate(value));
}

/// <summary>Progress of parts that know only one step.</summary>
internal static class StepsOf
{
    public static IProgress<double> Share(IProgress<Step> steps, string name) => new StepsOf<double>(steps, share => new Step(name, share));
}

/// <summary>Steps as bars on a terminal.</summary>
internal sealed class StepBars(ProgressContext bars) : IProgress<Step>
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, ProgressTask> _bars = [];

    public void Report(Step value)
    {
        lock (_gate)
        {
            if (!_bars.TryGetValue(value.Name, out ProgressTask? bar))
            {
                bar = bars.AddTask(Markup.Escape(value.Name), maxValue: 1);
                _bars.Add(value.Name, bar);
            }

            // Reports come from several threads and may overtake each other.
            bar.Value = Math.Max(bar.Value, value.Share);
            bar.Description = Markup.Escape(value.Title);
        }
    }
}

/// <summary>Steps as plain lines: one when a step is done, and now and then while it takes long.</summary>
internal sealed class StepLines(TextWriter output) : IProgress<Step>
{
    // Often enough to see in a log that the work goes on, seldom enough to leave it readable.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly HashSet<string> _done = [];
    private readonly HashSet<string> _noted = [];
    private readonly Stopwatch _silence = Stopwatch.StartNew();

    public void Report(Step value)
    {
        lock (_gate)
        {
            bool done = value.Share >= 1;
            bool news = value.Note is not null && _noted.Add(value.Title);
            if (_done.Contains(value.Name) || (!done && !news && _silence.Elapsed < Patience))
            {
                return;
            }

            output.WriteLine(done ? $"{value.Name}: done" : $"{value.Title}: {value.Share:P0}");
            _silence.Restart();
            if (done)
            {
                _done.Add(value.Name);
            }
        }
    }
}
