using System.Runtime.InteropServices;

namespace Spanhook.Load.Generating;

/// <summary>Waits for a moment as precisely as Linux does: Thread.Sleep knows whole milliseconds only, and spinning would take a core from the server.</summary>
internal static partial class Pause
{
    private const int SetTimerSlack = 29; // PR_SET_TIMERSLACK, see prctl(2)

    /// <summary>For the calling thread: the kernel wakes it at the moment, instead of up to 50 µs later to save power.</summary>
    public static void BePrecise() => _ = Control(SetTimerSlack, 1, 0, 0, 0);

    /// <summary>Returns when the clock shows that timestamp; at once when it is over.</summary>
    public static void Until(long timestamp, TimeProvider time)
    {
        while (time.GetElapsedTime(time.GetTimestamp(), timestamp) is var left && left > TimeSpan.Zero)
        {
            // At most half a second, so that a thread notices the end of a run.
            var nanoseconds = Math.Min(left.Ticks * 100, 500_000_000);
            _ = NanoSleep(new Interval(0, (nint)nanoseconds), 0);
        }
    }

    [LibraryImport("libc", EntryPoint = "nanosleep")]
    private static partial int NanoSleep(in Interval interval, nint remaining);

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int Control(int option, nuint value, nuint a, nuint b, nuint c);

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Interval(nint seconds, nint nanoseconds)
    {
        public readonly nint Seconds = seconds;
        public readonly nint Nanoseconds = nanoseconds;
    }
}
