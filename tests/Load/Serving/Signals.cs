using System.Runtime.InteropServices;
using Spanhook.Support;

namespace Spanhook.Load.Serving;

/// <summary>What a kubelet, an out-of-memory killer and a suspended machine do to a process.</summary>
internal static partial class Signals
{
    public static void Terminate(ServerProcess process) => Send(process, 15);

    public static void Kill(ServerProcess process) => Send(process, 9);

    public static void Suspend(ServerProcess process) => Send(process, 19);

    public static void Resume(ServerProcess process) => Send(process, 18);

    private static void Send(ServerProcess process, int signal)
    {
        if (SendSignal(process.Id, signal) != 0) throw new InvalidOperationException($"signal {signal} could not be sent: errno {Marshal.GetLastPInvokeError()}");
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int process, int signal);
}
