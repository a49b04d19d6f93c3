using System.Net.Sockets;
using System.Text.RegularExpressions;
using Azure;
using CellStitch.Core.Volumes;
using Microsoft.DurableTask;

namespace CellStitch.Functions.Jobs;

/// <summary>Why a run ended without results: the <c>error</c> of error.json.</summary>
/// <param name="Code">One of <see cref="FaultCode"/>.</param>
/// <param name="Message">One sentence: which file, which page, what was found, what was expected.</param>
/// <param name="File">The file it is about, where it is about one.</param>
/// <param name="Page">The page (from 0), where it is about one.</param>
public sealed record RunFault(string Code, string Message, string? File = null, int? Page = null);

/// <summary>The codes of error.json (docs/formats.md).</summary>
internal static class FaultCode
{
    public const string UnreadableTiff = "unreadableTiff";
    public const string NotLabels = "notLabels";
    public const string NotOneChannel = "notOneChannel";
    public const string LooksLikeMasks = "looksLikeMasks";
    public const string InvalidModel = "invalidModel";
    public const string ShapeMismatch = "shapeMismatch";
    public const string TooLarge = "tooLarge";
    public const string MissingFile = "missingFile";
    public const string UnknownOption = "unknownOption";
    public const string Superseded = "superseded";
    public const string Internal = "internal";

    public static string Of(MaskFault fault) => fault switch
    {
        MaskFault.UnreadableTiff => UnreadableTiff,
        MaskFault.NotLabels => NotLabels,
        MaskFault.NotOneChannel => NotOneChannel,
        MaskFault.LooksLikeMasks => LooksLikeMasks,
        MaskFault.ShapeMismatch => ShapeMismatch,
        MaskFault.TooLarge => TooLarge,
        _ => MissingFile,
    };
}

/// <summary>
/// Ends a run for a reason that trying again does not change. Failures of activities travel as type and text only, so the text carries all parts:
/// <c>[code] file, page n: sentence</c>.
/// </summary>
public sealed partial class RunFaultException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="code">One of the codes of error.json.</param>
    /// <param name="file">The file it is about, if any.</param>
    /// <param name="detail">What was found and what was expected.</param>
    /// <param name="page">The page it is about, if any.</param>
    /// <param name="innerException">What was thrown first.</param>
    public RunFaultException(string code, string? file, string detail, int? page = null, Exception? innerException = null)
        : this(code, page is int p ? $"{file}, page {p}: {detail}" : file is null ? detail : $"{file}: {detail}", innerException)
    {
    }

    private RunFaultException(string code, string sentence, Exception? innerException)
        : base($"[{code}] {sentence}", innerException)
    {
    }

    /// <summary>The same for a mask that cannot be used; its message names file and page already.</summary>
    public static RunFaultException From(InvalidMaskException fault) => new(FaultCode.Of(fault.Fault), fault.Message, fault);

    /// <summary>The parts of the text.</summary>
    public static RunFault Read(string text)
    {
        Match match = Parts().Match(text);
        return match.Success
            ? new RunFault(
                match.Groups["code"].Value,
                match.Groups["sentence"].Value,
                match.Groups["file"] is { Success: true } file ? file.Value : null,
                match.Groups["page"] is { Success: true } page ? int.Parse(page.ValueSpan, provider: null) : null)
            : new RunFault(FaultCode.Internal, text);
    }

    [GeneratedRegex(@"^\[(?<code>\w+)\] (?<sentence>(?:(?<file>[\w.]+)(?:, page (?<page>\d+))?: )?.*)$", RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Parts();
}

/// <summary>
/// The run was planned by another version of the program. Tried again: while an app is updated, old and new instances work side by side, and <see cref="Upgrade"/> starts
/// the run anew.
/// </summary>
public sealed class OtherProgramException(string program) : Exception($"The run was planned by {program}; this is {Manifest.ThisProgram}.");

/// <summary>What an orchestrator makes of a failed task.</summary>
internal static class Failures
{
    /// <summary>The fault at the root of a failure; a sub-orchestration wraps the failure of its activity.</summary>
    public static RunFault FaultOf(TaskFailureDetails failure)
    {
        TaskFailureDetails root = failure;
        for (TaskFailureDetails? at = failure; at is not null; at = at.InnerFailure)
        {
            root = at;
            if (at.ErrorType == typeof(RunFaultException).FullName)
            {
                return RunFaultException.Read(at.ErrorMessage);
            }
        }

        return new RunFault(FaultCode.Internal, $"The run stopped on a fault of its surroundings, not of the files: {root.ErrorMessage} Start the job again to go on where it stopped.");
    }

    /// <summary>Storage that does not answer, time-outs, and memory that others took at the moment: what another try may mend.</summary>
    public static bool IsTransient(TaskFailureDetails failure) => TransientTypes.Contains(failure.ErrorType);

    private static readonly HashSet<string?> TransientTypes =
    [
        typeof(RequestFailedException).FullName,
        typeof(AggregateException).FullName,
        typeof(HttpRequestException).FullName,
        typeof(IOException).FullName,
        typeof(OutOfMemoryException).FullName,
        typeof(OtherProgramException).FullName,
        typeof(SocketException).FullName,
        typeof(TimeoutException).FullName,
        typeof(TaskCanceledException).FullName,
        typeof(OperationCanceledException).FullName,
    ];
}
