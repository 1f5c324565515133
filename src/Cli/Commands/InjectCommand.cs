using System.CommandLine;
using Spanhook.Cli.Injecting;
using Spanhook.Cli.Reporting;
using Spanhook.Cli.Workloads;
using Spanhook.Injection;
using Spanhook.Injection.Cluster;
using Spanhook.Manifests;
using Shared = Spanhook.Cli.Options;

namespace Spanhook.Cli.Commands;

/// <summary><c>inject</c>: what the webhook would make of these manifests.</summary>
internal sealed class InjectCommand : Command, IHelpNotes
{
    private const string About = "Prints what the webhook would make of these manifests, without a network.";

    private const string Notes = """
        A workload keeps its kind and its pod template is injected; a Pod comes back as the API server would store it; anything else is printed
        unchanged. Warnings go to standard error.

        Exit codes: 0 done; 2 the usage, a manifest or an object of the cluster is wrong, and standard error names the file, the document, the line
        and what to write.

        Examples:
          kubectl spanhook inject -f deploy.yaml --cluster cluster/ | kubectl apply -f -
          kubectl spanhook inject -f deploy.yaml --cluster cluster/ -o report
          helm template . | kubectl spanhook inject -f - --cluster cluster/ -n ml
        """;

    private readonly Option<string[]> _files = Shared.Files();
    private readonly Option<bool> _recursive = Shared.Recursive();
    private readonly Option<string> _cluster = Shared.Cluster();
    private readonly Option<string?> _namespace = Shared.Namespace();
    private readonly Option<string> _output = Shared.Output(
        "yaml and json: the manifests; patch: the RFC 6902 patch of the workload (of several: a list that says which is whose); "
            + "report: for people, what was added where, or why not.",
        "yaml", "json", "patch", "report");

    private readonly InjectorOptions _injector = new();
    private readonly Terminal _terminal;

    public InjectCommand(Terminal terminal)
        : base("inject", About)
    {
        _terminal = terminal;
        foreach (var option in (Option[])[_files, _recursive, _cluster, _namespace, _output]) Add(option);
        _injector.AddTo(this);
        SetAction(Run);
    }

    public string HelpNotes => Notes;

    private int Run(ParseResult parsed)
    {
        var cluster = ClusterManifests.Load(parsed.GetRequiredValue(_cluster));
        var documents = ManifestInput.Read(parsed.GetRequiredValue(_files), parsed.GetValue(_recursive), _terminal.In);
        var snapshot = ClusterSnapshot.Compile(cluster.Objects);
        var manifests = new ManifestInjector(new PodInjector(_injector.Read(parsed)), snapshot, parsed.GetValue(_namespace)).Inject(documents);

        var format = parsed.GetRequiredValue(_output);
        var hasBadCluster = InjectionNotes.WriteCluster(_terminal, cluster, snapshot);
        var hasMistake = InjectionNotes.WriteWorkloads(_terminal, manifests, onlyMistakes: format == "report");
        Write(format, manifests);

        // The result is printed all the same: it is what the webhook would do, which never costs anybody their pod.
        return hasBadCluster || hasMistake ? ExitCodes.BadInput : ExitCodes.Done;
    }

    private void Write(string format, IReadOnlyList<InjectedManifest> manifests)
    {
        switch (format)
        {
            case "json": InjectionOutput.WriteJson(_terminal.Out, manifests); break;
            case "patch": InjectionOutput.WritePatches(_terminal.Out, manifests); break;
            case "report": new InjectionReport(_terminal.Styled()).Write(manifests); break;
            default: InjectionOutput.WriteYaml(_terminal.Out, manifests); break;
        }
    }
}
