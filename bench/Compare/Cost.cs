using System.Diagnostics;

namespace CellStitch.Compare;

/// <summary>What a step took.</summary>
/// <param name="WallS">Seconds on the clock; a busy machine adds to them.</param>
/// <param name="CpuS">Seconds of processor time, of all threads.</param>
/// <param name="PeakMb">Largest memory of the process until its end, in 10⁶ bytes.</param>
internal readonly record struct Cost(double WallS, double CpuS, double PeakMb)
{
    /// <summary>Runs a step.</summary>
    public static (T Result, Cost Cost) Of<T>(Func<T> step)
    {
        using var process = Process.GetCurrentProcess();
        var clock = Stopwatch.StartNew();
        TimeSpan before = process.TotalProcessorTime;
        T result = step();
        process.Refresh();
        return (result, new Cost(clock.Elapsed.TotalSeconds, (process.TotalProcessorTime - before).TotalSeconds, process.PeakWorkingSet64 / 1e6));
    }

    /// <summary>One step after the other.</summary>
    public static Cost operator +(Cost one, Cost other) => new(one.WallS + other.WallS, one.CpuS + other.CpuS, Math.Max(one.PeakMb, other.PeakMb));
}
