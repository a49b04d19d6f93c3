namespace Microsoft.Azure.Functions.Worker;

/// <summary>The URLs under which an orchestration can be watched and changed.</summary>
public class HttpManagementPayload
{
    /// <summary>The instance id.</summary>
    public string? Id { get; internal set; }

    /// <summary>GET: its state.</summary>
    public string? StatusQueryGetUri { get; internal set; }

    /// <summary>POST: raises the event named in place of <c>{eventName}</c>.</summary>
    public string? SendEventPostUri { get; internal set; }

    /// <summary>POST: terminates it.</summary>
    public string? TerminatePostUri { get; internal set; }

    /// <summary>DELETE: purges it.</summary>
    public string? PurgeHistoryDeleteUri { get; internal set; }

    /// <summary>POST: starts it again.</summary>
    public string? RestartPostUri { get; internal set; }

    /// <summary>POST: suspends it.</summary>
    public string? SuspendPostUri { get; internal set; }

    /// <summary>POST: resumes it.</summary>
    public string? ResumePostUri { get; internal set; }
}
