using Spanhook.Cli.Workloads;

namespace Spanhook.Cli.Restarting;

/// <summary>What to do about workloads that do not roll.</summary>
internal static class Advice
{
    public static string For(Workload workload) => workload.Key.Type?.Kind switch
    {
        "Pod" => "nobody creates a bare pod anew: kubectl replace --force with the manifest it was created from",
        "CronJob" => "its next run is created anew, and injected then",
        "Job" or "JobSet" => "its template cannot be changed: delete it and create it again, or wait for it to end",
        _ => $"a {workload.Key.Kind} is not rolled by this command: where it creates its pods anew, delete them one at a time: kubectl delete pod {PodsOf(workload)}",
    };

    /// <summary>The pods, as far as they are known by name, and their namespace: for a line of kubectl.</summary>
    public static string PodsOf(Workload workload)
    {
        var known = string.Join(' ', workload.Examples.Select(example => example.Pod));
        return $"{known}{(workload.NeedRestart > workload.Examples.Count ? " …" : "")} -n {workload.Key.Namespace}";
    }
}
