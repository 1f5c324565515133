using Spanhook.Injection;

namespace Spanhook.Cli.Exporting;

/// <summary>
/// The ValidatingAdmissionPolicies that make tracing mandatory and guard opt-outs, by the API server alone: they hold when no webhook answers. The files
/// in deploy/enforcement are what this prints.
/// </summary>
internal static partial class EnforcementExport
{
    private static readonly string[] Policies = ["require-injection", "guard-exemptions", "guard-opt-outs", "guard-namespaces"];

    /// <summary>File names below deploy/enforcement, and their text.</summary>
    public static IReadOnlyDictionary<string, string> Files => new SortedDictionary<string, string>(StringComparer.Ordinal)
    {
        ["policies/require-injection.yaml"] = RequireInjection,
        ["policies/guard-exemptions.yaml"] = GuardExemptions,
        ["policies/guard-opt-outs.yaml"] = GuardOptOuts,
        ["policies/guard-namespaces.yaml"] = GuardNamespaces,
        ["policies/roles.yaml"] = Roles,
        ["policies/kustomization.yaml"] = Kustomization("The policies and the roles. Nothing is refused or reported without bindings.", [.. Policies.Select(p => p + ".yaml"), "roles.yaml"]),
        ["warn/bindings.yaml"] = Bindings("Warn", "Audit"),
        ["warn/kustomization.yaml"] = Kustomization("To begin with: pods and opt-outs that would be refused are let through, with a warning and an audit annotation.", "../policies", "bindings.yaml"),
        ["deny/bindings.yaml"] = Bindings("Deny"),
        ["deny/kustomization.yaml"] = Kustomization(
            "Pods without tracing ARE REFUSED in namespaces labelled " + EnforcementNames.RequireInjection + ": also while the webhook is down, and everything that\n# restarts there then. Apply warn first, and this when it has been silent for a while.",
            "../policies", "bindings.yaml"),
    };

    /// <summary>Everything of one action, as one stream of documents.</summary>
    public static string Print(string action) =>
        string.Join("---\n", Files.Where(f => f.Key.EndsWith(".yaml", StringComparison.Ordinal) && !f.Key.EndsWith("kustomization.yaml", StringComparison.Ordinal)
            && (f.Key.StartsWith("policies/", StringComparison.Ordinal) || f.Key.StartsWith(action + "/", StringComparison.Ordinal))).Select(f => f.Value));

    private static string Kustomization(string about, params string[] resources) =>
        $"# {about}\napiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n{string.Concat(resources.Select(r => $"- {r}\n"))}";

    private static string Bindings(params string[] actions) => string.Join("---\n", Policies.Select(name => $"""
        apiVersion: admissionregistration.k8s.io/v1
        kind: ValidatingAdmissionPolicyBinding
        metadata:
          name: spanhook-{name}
        spec:
          policyName: spanhook-{name}
          validationActions: [{string.Join(", ", actions)}]

        """));

    /// <summary>Controllers make pods of what somebody else wrote, which was looked at then.</summary>
    private const string ByController = """
        object.metadata.?ownerReferences.orValue([]).exists(owner, owner.?controller.orValue(false))
        && (request.userInfo.username == 'system:kube-controller-manager' || request.userInfo.username.startsWith('system:serviceaccount:kube-system:'))
        """;

    private static string May(string verb) => $"authorizer.group('spanhook.dev').resource('tracingpolicies').namespace(request.namespace).check('{verb}').allowed()";

    private const string Roles = """
        # Bind them to whom you trust with it: cluster-wide, or by a RoleBinding in one namespace. Bind exempt and optout also to the service accounts of
        # controllers of your own that make pods or ReplicaSets (Argo Rollouts, LeaderWorkerSet): Kubernetes' own need nothing.
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRole
        metadata:
          name: spanhook-optout
        rules:
        # Not a verb of the API: the ValidatingAdmissionPolicies ask for it.
        - apiGroups: [spanhook.dev]
          resources: [tracingpolicies]
          verbs: [optout]
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRole
        metadata:
          name: spanhook-exempt
        rules:
        - apiGroups: [spanhook.dev]
          resources: [tracingpolicies]
          verbs: [exempt]

        """;
}
