using System.Globalization;
using System.IO.Hashing;
using System.Text;

namespace CellStitch.EmbeddedHost.Engine;

/// <summary>Something an orchestrator's code asked for; numbered in the order of asking, which is the same in every replay.</summary>
internal sealed record OrchestratorAction(HistoryEventKind Kind, int Id)
{
    public string? Name { get; init; }

    /// <summary>The child's or receiver's instance id.</summary>
    public string? InstanceId { get; init; }

    public string? Input { get; init; }

    public DateTime FireAt { get; init; }

    /// <summary>How it stands in the history: an input by its hash only, because a replay brings it back.</summary>
    public HistoryEvent ToRecord()
    {
        string hash = Input is null ? "" : Convert.ToHexStringLower(XxHash64.Hash(Encoding.UTF8.GetBytes(Input)));
        return new HistoryEvent(Kind) { Id = Id, Name = Name, Time = FireAt, Target = InstanceId is null ? hash : $"{InstanceId} {hash}" };
    }

    /// <summary>How an error message names it.</summary>
    public static string Describe(HistoryEvent record)
    {
        return record.Kind switch
        {
            HistoryEventKind.TaskScheduled => $"activity '{record.Name}' (input {Hash(record)})",
            HistoryEventKind.ChildScheduled => $"sub-orchestrator '{record.Name}' (instance and input {Hash(record)})",
            HistoryEventKind.EventSent => $"event '{record.Name}' (receiver and payload {Hash(record)})",
            _ => string.Create(CultureInfo.InvariantCulture, $"a timer until {record.Time:o}"),
        };
    }

    private static string Hash(HistoryEvent record)
    {
        return string.IsNullOrEmpty(record.Target) ? "none" : record.Target;
    }
}
