using System.Globalization;
using System.Runtime.InteropServices;

namespace Spanhook.Load.Evidence;

/// <summary>What a reader has to know of the machine to compare; nothing that names it.</summary>
internal static class Machine
{
    public static string Describe()
    {
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1024.0 * 1024 * 1024);
        var load = File.ReadAllText("/proc/loadavg").Split(' ')[0];
        return string.Create(CultureInfo.InvariantCulture,
            $"{Environment.ProcessorCount} cores ({Processor()}), {memory:0} GiB of memory, Linux {Kernel()}, {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSArchitecture}, the load generator on the same cores; load average at the end {load}");
    }

    // Major and minor: what follows is a name that somebody gave to a build.
    private static string Kernel() => string.Join('.', File.ReadAllText("/proc/sys/kernel/osrelease").Trim().Split('.', '-').Take(2));

    private static string Processor() =>
        File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim() ?? "an unnamed processor";
}
