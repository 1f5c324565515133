using System.Globalization;

namespace Spanhook.Support;

/// <summary>What Linux' <c>/proc</c> says about a process at this moment.</summary>
public sealed class ProcessFigures(int id)
{
    private const double TicksPerSecond = 100; // USER_HZ, a constant of Linux' interface on all its usual machines

    /// <summary>CPU time of all its threads so far, in user and in kernel mode.</summary>
    public TimeSpan CpuTime
    {
        get
        {
            var text = File.ReadAllText($"/proc/{id}/stat");
            // The second field is the program's name in parentheses, which may hold anything; utime and stime are the 14th and 15th.
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return TimeSpan.FromSeconds((long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksPerSecond);
        }
    }

    public double ResidentMiB => Status("VmRSS:") / 1024.0;

    /// <summary>The highest resident memory since the start, or since <see cref="ForgetPeak"/>.</summary>
    public double PeakMiB => Status("VmHWM:") / 1024.0;

    public int Threads => (int)Status("Threads:");

    /// <summary>Open file descriptors of every kind.</summary>
    public int Handles => Directory.EnumerateFileSystemEntries($"/proc/{id}/fd").Count();

    public int Sockets => Directory.EnumerateFileSystemEntries($"/proc/{id}/fd").Count(IsSocket);

    /// <summary>The peak begins anew. 5 is the kernel's code for it, see proc(5), clear_refs.</summary>
    public void ForgetPeak() => File.WriteAllText($"/proc/{id}/clear_refs", "5");

    // A descriptor may be closed between the listing and the look at it.
    private static bool IsSocket(string descriptor)
    {
        try
        {
            return File.ResolveLinkTarget(descriptor, returnFinalTarget: false)?.FullName.Contains("socket:[", StringComparison.Ordinal) == true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private long Status(string field)
    {
        var line = File.ReadLines($"/proc/{id}/status").Single(line => line.StartsWith(field, StringComparison.Ordinal));
        return long.Parse(line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }
}
