using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Spanhook.Load.Generating;

/// <summary>Which core a thread runs on. What it starts, threads and processes, stays there too.</summary>
internal static partial class Affinity
{
    /// <summary>Keeps the calling thread on that core.</summary>
    public static void Pin(int core)
    {
        if (SetAffinity(0, sizeof(ulong), 1UL << core) != 0) throw new InvalidOperationException($"a thread could not be kept on core {core}: errno {Marshal.GetLastPInvokeError()}");
    }

    /// <summary>Does something on a thread of that core, and waits for it.</summary>
    public static T On<T>(int core, Func<T> act)
    {
        var (result, failure) = (default(T), (ExceptionDispatchInfo?)null);
        var thread = new Thread(() =>
        {
            try
            {
                Pin(core);
                result = act();
            }
#pragma warning disable CA1031 // it is thrown again where it is waited for
            catch (Exception e)
#pragma warning restore CA1031
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result!;
    }

    [LibraryImport("libc", EntryPoint = "sched_setaffinity", SetLastError = true)]
    private static partial int SetAffinity(int thread, nint size, in ulong cores);
}
