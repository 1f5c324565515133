using System.Globalization;
using System.Runtime.InteropServices;

namespace Spanhook.Benchmarks;

/// <summary>docs/benchmarks.md.</summary>
internal static class Page
{
    public static string Write(string inProcess, string policies, string https) => $"""
        # Benchmarks

        Written by `make bench`; do not edit. A figure in bold is over its budget. The allocation budgets are tests as well
        (`tests/Runtime.Tests/Budgets`), so that they hold on every change and not only when somebody measures.

        Measured on {Machine()}.

        ## In process

        From the bytes of the AdmissionReview to the bytes of the answer, without HTTP and without the log line. *Injector alone* starts
        from a document that was read before and ends with the patch.

        {inProcess}
        ## Policies

        The same, in a cluster with many TracingPolicies: of teams, of applications, of kinds of hardware.

        {policies}
        ## Over HTTPS

        HTTP/1.1 with TLS on loopback, eight keep-alive connections in a closed loop, the load generator on the same cores. The parsing
        endpoint is one more route of the same server in the same process, measured in turn with the webhook's; the share is the median of
        the rounds' ratios. It parses as the design has it, refusing keys that stand twice; the webhook itself looks for those only in a pod
        that it patches, which is why a pod that is not selected is answered faster than that endpoint answers. The shipped server is the trimmed, ReadyToRun, self-contained one of `make trim`, logging one JSON line per
        injection; its CPU time is what the kernel counts for the process, TLS and HTTP included.

        {https}
        """;

    private static string Machine()
    {
        var load = File.ReadAllText("/proc/loadavg").Split(' ')[0];
        return string.Create(CultureInfo.InvariantCulture,
            $"{Environment.ProcessorCount} cores of {Processor()}, {RuntimeInformation.OSArchitecture}, {RuntimeInformation.FrameworkDescription}; load average of the machine when it was done: {load}");
    }

    private static string Processor() =>
        File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim() ?? "an unnamed processor";
}
