using CellStitch.Core.Volumes;
using CellStitch.Functions.Jobs;
using Microsoft.DurableTask;

namespace CellStitch.Functions.Tests.Jobs;

public class RunFaultTests
{
    [Fact]
    public void Read_MaskFault_KeepsCodeFileAndPage()
    {
        var thrown = RunFaultException.From(new InvalidMaskException(MaskFault.NotLabels, "xz.tif", 12, "pixel (3, 4) is 1.5; labels are whole numbers."));

        Assert.Equal(
            new RunFault("notLabels", "xz.tif, page 12: pixel (3, 4) is 1.5; labels are whole numbers.", "xz.tif", 12),
            RunFaultException.Read(thrown.Message));
    }

    [Fact]
    public void Read_FaultOfNoFile_HasNone() =>
        Assert.Equal(
            new RunFault("superseded", "The newer run a-1 of the same job took over."),
            RunFaultException.Read(new RunFaultException("superseded", null, "The newer run a-1 of the same job took over.").Message));

    [Fact]
    public void FaultOf_ActivityOfASubOrchestration_IsFoundAtTheRoot()
    {
        var fault = TaskFailureDetails.FromException(new RunFaultException("tooLarge", "xy.tif", "has 9 pages; expected at most 8."));
        var wrapped = new TaskFailureDetails(typeof(TaskFailedException).FullName!, "Task 'RunOfParts' failed.", null, fault, null);

        Assert.Equal(new RunFault("tooLarge", "xy.tif: has 9 pages; expected at most 8.", "xy.tif"), Failures.FaultOf(wrapped));
    }

    [Fact]
    public void FaultOf_AnythingElse_IsInternal()
    {
        RunFault fault = Failures.FaultOf(TaskFailureDetails.FromException(new Azure.RequestFailedException(503, "Server busy")));

        Assert.Equal(FaultCode.Internal, fault.Code);
        Assert.Contains("Server busy", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void IsTransient_StorageFaultAndBadInput_DifferInRetry()
    {
        Assert.True(Failures.IsTransient(TaskFailureDetails.FromException(new Azure.RequestFailedException(503, "Server busy"))));
        Assert.True(Failures.IsTransient(TaskFailureDetails.FromException(new TaskCanceledException())));
        Assert.True(Failures.IsTransient(new TaskFailureDetails("System.OutOfMemoryException", "Array dimensions exceeded supported range.", null, null, null)));
        Assert.False(Failures.IsTransient(TaskFailureDetails.FromException(new RunFaultException("notLabels", "xy.tif", "no labels."))));
        Assert.False(Failures.IsTransient(TaskFailureDetails.FromException(new InvalidDataException("The census is damaged."))));
    }
}
