using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace CellStitch.EmbeddedHost.Hosting;

/// <summary>The process that holds the host lock, as the metadata of the lock's blob tell it.</summary>
/// <param name="Machine">The machine's name.</param>
/// <param name="ProcessId">The process on that machine.</param>
/// <param name="Started">When the process started: ids are used again.</param>
/// <param name="Epoch">How many owners there were up to this one.</param>
internal sealed record LockHolder(string Machine, int ProcessId, DateTimeOffset Started, long Epoch)
{
    // Start times are computed from the uptime, so two readings differ a little.
    private static readonly TimeSpan StartTolerance = TimeSpan.FromSeconds(2);

    /// <summary>This process as the owner of an epoch.</summary>
    public static LockHolder ThisProcess(long epoch)
    {
        using var process = Process.GetCurrentProcess();
        return new LockHolder(Environment.MachineName, process.Id, process.StartTime.ToUniversalTime(), epoch);
    }

    /// <summary>Reads the metadata; null when there are none yet.</summary>
    public static LockHolder? From(IDictionary<string, string> metadata)
    {
        return metadata.TryGetValue("machine", out string? machine)
            && metadata.TryGetValue("process", out string? process)
            && metadata.TryGetValue("started", out string? started)
            && metadata.TryGetValue("epoch", out string? epoch)
                ? new LockHolder(
                    machine,
                    int.Parse(process, CultureInfo.InvariantCulture),
                    DateTimeOffset.Parse(started, CultureInfo.InvariantCulture),
                    long.Parse(epoch, CultureInfo.InvariantCulture))
                : null;
    }

    /// <summary>The metadata that say so.</summary>
    public Dictionary<string, string> ToMetadata()
    {
        return new Dictionary<string, string>
        {
            ["machine"] = Machine,
            ["process"] = ProcessId.ToString(CultureInfo.InvariantCulture),
            ["started"] = Started.ToString("O", CultureInfo.InvariantCulture),
            ["epoch"] = Epoch.ToString(CultureInfo.InvariantCulture),
        };
    }

    /// <summary>Whether it ran on this machine and is gone; of other machines nothing is known.</summary>
    public bool IsDeadHere()
    {
        if (Machine != Environment.MachineName)
        {
            return false;
        }

        try
        {
            using var process = Process.GetProcessById(ProcessId);
            return (process.StartTime.ToUniversalTime() - Started).Duration() > StartTolerance;
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException)
        {
            // No process has that id, or it ended while it was asked.
            return true;
        }
        catch (Win32Exception)
        {
            // It belongs to somebody else and tells nothing: it may well be the holder.
            return false;
        }
    }
}
