using System.CommandLine;
using Spanhook.Api.Policy;
using Spanhook.Cli.Connection;
using Spanhook.Cli.Exporting;
using Spanhook.Injection.Cluster;
using Spanhook.Manifests;

namespace Spanhook.Cli.Commands;

/// <summary><c>export</c>: admission policies that the API server runs itself.</summary>
internal sealed class ExportCommand : Command
{
    public ExportCommand(Terminal terminal)
        : base("export", "Writes admission policies that the API server runs itself, with or without the webhook.")
    {
        Add(new MapCommand(terminal));
        Add(new VapCommand(terminal));
    }

    /// <summary><c>export map</c>: a policy's static part as a MutatingAdmissionPolicy.</summary>
    private sealed class MapCommand : Command, IHelpNotes
    {
        private const string Notes = """
            What cannot be expressed stands in the comments and on standard error, with the reason. The webhook may run beside it: it comes later, and adds
            only what is missing. The cluster must serve MutatingAdmissionPolicies: v1 from Kubernetes 1.36 on, v1beta1 from 1.34 on where it is switched on.

            Exit codes: 0 done; 1 nothing of this policy can be expressed; 2 bad usage, no such policy, or one with errors; 3 the cluster does not answer or does
            not let you.

            Examples:
              kubectl spanhook export map sdk-defaults | kubectl apply -f -
              kubectl spanhook export map sdk-defaults --cluster cluster/ --api-version v1beta1
            """;

        private readonly Argument<string> _policy = new("POLICY") { Description = "The name of the TracingPolicy." };
        private readonly Option<string?> _cluster = new("--cluster", "-f")
        {
            Description = "File or folder with the TracingPolicy, instead of the cluster.",
            HelpName = "PATH",
        };

        private readonly Option<string> _version = new Option<string>("--api-version")
        {
            Description = "The version of admissionregistration.k8s.io to write.",
            HelpName = "v1|v1beta1",
            DefaultValueFactory = _ => "v1",
        }.AcceptOnlyFromAmong("v1", "v1beta1");

        private readonly ConnectionOptions _connection = new(hasNamespace: false);
        private readonly Terminal _terminal;

        public MapCommand(Terminal terminal)
            : base("map", "Writes the static part of a TracingPolicy, the SDK's environment, as a MutatingAdmissionPolicy with its binding.")
        {
            _terminal = terminal;
            Add(_policy);
            Add(_cluster);
            Add(_version);
            _connection.AddTo(this);
            SetAction(RunAsync);
        }

        public string HelpNotes => Notes;

        private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
        {
            var name = parsed.GetRequiredValue(_policy);
            if (await FindAsync(parsed, name, cancellation) is not { } policy)
            {
                _terminal.Error($"there is no TracingPolicy {name} in {parsed.GetValue(_cluster) ?? "the cluster"}; 'kubectl get tracingpolicies' lists those of the cluster");
                return ExitCodes.BadInput;
            }

            var problems = ClusterSnapshot.Compile(new() { Policies = [policy] }).Problems;
            foreach (var problem in problems.Where(p => p.IsError)) _terminal.Error(problem.ToString());
            if (problems.Any(p => p.IsError)) return ExitCodes.BadInput;
            var result = new MapExport(name, policy.Spec, $"admissionregistration.k8s.io/{parsed.GetRequiredValue(_version)}").Export();
            foreach (var left in result.LeftOut) _terminal.Warning($"not exported: {left}");
            if (result.Yaml is null)
            {
                _terminal.Error($"nothing of TracingPolicy {name} can be a MutatingAdmissionPolicy");
                return ExitCodes.FoundSomething;
            }

            _terminal.Out.Write(result.Yaml);
            return ExitCodes.Done;
        }

        private async Task<TracingPolicy?> FindAsync(ParseResult parsed, string name, CancellationToken cancellation)
        {
            if (parsed.GetValue(_cluster) is { } path) return Named(ClusterManifests.Load(path).Objects.Policies, name);
            using var session = _connection.Connect(parsed, _terminal);
            return Named(await new ClusterObjectsReader(session).ReadPoliciesAsync(cancellation), name);
        }

        private static TracingPolicy? Named(IReadOnlyList<TracingPolicy> policies, string name) => policies.FirstOrDefault(p => p.Metadata.Name == name);
    }

    /// <summary><c>export vap</c>: the policies of deploy/enforcement.</summary>
    private sealed class VapCommand : Command
    {
        private readonly Option<string> _action = new Option<string>("--action")
        {
            Description = "What happens to what breaks a rule: warn lets it through with a warning and an audit annotation; deny refuses it, also while the webhook is down.",
            HelpName = "warn|deny",
            DefaultValueFactory = _ => "warn",
        }.AcceptOnlyFromAmong("warn", "deny");

        public VapCommand(Terminal terminal)
            : base("vap", "Writes the ValidatingAdmissionPolicies, bindings and roles that require injection in labelled namespaces and guard opt-outs.")
        {
            Add(_action);
            SetAction(parsed =>
            {
                terminal.Out.Write(EnforcementExport.Print(parsed.GetRequiredValue(_action)));
                return ExitCodes.Done;
            });
        }
    }
}
