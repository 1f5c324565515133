using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Spanhook.Server.Telemetry;

/// <summary>
/// The process as every Prometheus client tells of it: dashboards look for these names. On a meter of its own, for OTLP has the same as
/// <c>dotnet.process.*</c>.
/// </summary>
internal sealed class ProcessMetrics : IDisposable
{
    private const string FileDescriptors = "/proc/self/fd";

    public ProcessMetrics()
    {
        using var process = Process.GetCurrentProcess();
        var started = (process.StartTime.ToUniversalTime() - DateTime.UnixEpoch).TotalSeconds;
        Meter.CreateObservableGauge("process.start_time", () => started, "s", "Start time of the process since the Unix epoch in seconds.");
        Meter.CreateObservableCounter("process.cpu", () => Environment.CpuUsage.TotalTime.TotalSeconds, "s", "Total user and system CPU time spent in seconds.");
        Meter.CreateObservableGauge("process.resident_memory", () => Environment.WorkingSet, "By", "Resident memory size in bytes.");
        if (Directory.Exists(FileDescriptors))
            Meter.CreateObservableGauge("process.open_fds", () => Directory.EnumerateFileSystemEntries(FileDescriptors).Count(), null, "Number of open file descriptors.");
        Meter.CreateObservableGauge("spanhook.build.info", () => new Measurement<int>(1, new KeyValuePair<string, object?>("version", TelemetryServices.Version)), null, "1, with the version of the server.");
    }

    public Meter Meter { get; } = new(TelemetryServices.Name + ".Process");

    public void Dispose() => Meter.Dispose();
}
