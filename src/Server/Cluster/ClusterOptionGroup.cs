using System.CommandLine;
using Spanhook.Server.Hosting;

namespace Spanhook.Server.Cluster;

/// <summary>The options of <see cref="ClusterOptions"/>.</summary>
internal sealed class ClusterOptionGroup(ServerSettings settings) : OptionGroup<ClusterOptions>
{
    private readonly Option<string?> _path =
        settings.Text("--cluster", "PATH", "File or folder of YAML or JSON manifests (Namespace, Instrumentation, TracingPolicy, ReplicaSet, Job); reloaded on change. This or --api-server.", null);
    private readonly Option<bool> _apiServer =
        settings.Flag("--api-server", "Takes Namespaces, Instrumentations and TracingPolicies from the API server: in a pod by its service account, elsewhere by a kubeconfig.");
    private readonly Option<string?> _kubeconfig = settings.Text("--kubeconfig", "FILE", "With --api-server: the kubeconfig. Default: the pod's service account, else KUBECONFIG, else ~/.kube/config.", null);
    private readonly Option<string?> _context = settings.Text("--context", "NAME", "With --api-server: a context of the kubeconfig. Default: its current one.", null);

    public override ClusterOptions Read(ParseResult result) =>
        result.GetValue(_apiServer) ? new() { Kubeconfig = result.GetValue(_kubeconfig), Context = result.GetValue(_context) } : new() { Path = result.GetValue(_path)! };

    public override IEnumerable<string> Problems(ParseResult result)
    {
        var path = result.GetValue(_path);
        if (!result.GetValue(_apiServer))
        {
            if (string.IsNullOrEmpty(path))
                yield return $"--cluster is missing: give the file or folder of manifests [{ServerSettings.Sources("--cluster")}], or --api-server to take the objects from a cluster";
            foreach (var option in new[] { _kubeconfig, _context }.Where(option => result.GetValue(option) is not null))
                yield return $"{option.Name} is used with --api-server only: add --api-server, or leave {option.Name} away";
        }
        else if (!string.IsNullOrEmpty(path))
        {
            yield return $"--cluster '{path}' and --api-server exclude each other: leave one of them away";
        }

        if (result.GetValue(_kubeconfig) is { } file && !File.Exists(file)) yield return $"--kubeconfig '{file}' is not there: give the path of a kubeconfig";
    }
}
