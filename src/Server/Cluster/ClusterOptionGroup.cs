using System.CommandLine;
using Spanhook.Server.Hosting;

namespace Spanhook.Server.Cluster;

/// <summary>The options of <see cref="ClusterOptions"/>.</summary>
internal sealed class ClusterOptionGroup(ServerSettings settings) : OptionGroup<ClusterOptions>
{
    private readonly Option<string?> _path =
        settings.Text("--cluster", "PATH", "File or folder of YAML or JSON manifests (Namespace, Instrumentation, TracingPolicy, ReplicaSet, Job); reloaded on change. Required.", null);

    public override ClusterOptions Read(ParseResult result) => new() { Path = result.GetValue(_path)! };

    public override IEnumerable<string> Problems(ParseResult result)
    {
        if (string.IsNullOrEmpty(result.GetValue(_path)))
            yield return $"--cluster is missing: give the file or folder of manifests [{ServerSettings.Sources("--cluster")}]";
    }
}
