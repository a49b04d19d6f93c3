using System.Runtime.InteropServices;
using CellStitch.Cli;

using var interruption = new CancellationTokenSource();
using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel);
using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel);

return CommandLine.Run(args, Terminal.OfThisProcess(), interruption.Token);

// The first signal lets the work end and remove what is half written; a second one ends the process at once.
void Cancel(PosixSignalContext signal)
{
    signal.Cancel = !interruption.IsCancellationRequested;
    interruption.Cancel();
}
