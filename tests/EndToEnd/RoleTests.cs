namespace Spanhook.EndToEnd;

/// <summary>What the service account may do, as the API server's authorizer sees it: what it needs, and nothing else.</summary>
public sealed class RoleTests(TestCluster cluster)
{
    /// <summary>verb, resource (or resource/name), namespace or "" for all.</summary>
    public static TheoryData<string, string, string> Needed => new()
    {
        { "list", "namespaces", "" },
        { "watch", "namespaces", "" },
        { "list", "instrumentations.opentelemetry.io", "" },
        { "watch", "instrumentations.opentelemetry.io", "" },
        { "list", "tracingpolicies.spanhook.dev", "" },
        { "watch", "tracingpolicies.spanhook.dev", "" },
        { "get", "mutatingwebhookconfigurations.admissionregistration.k8s.io/spanhook", "" },
        { "patch", "mutatingwebhookconfigurations.admissionregistration.k8s.io/spanhook", "" },
        { "get", "secrets/spanhook-ca", "spanhook" },
        { "update", "secrets/spanhook-ca", "spanhook" },
        { "get", "leases.coordination.k8s.io/spanhook", "spanhook" },
        { "update", "leases.coordination.k8s.io/spanhook", "spanhook" },
        { "get", "configmaps/spanhook-reports", "spanhook" },
        { "patch", "configmaps/spanhook-reports", "spanhook" },
        { "update", "configmaps/spanhook-reports", "spanhook" },
        { "create", "events", "default" },
    };

    public static TheoryData<string, string, string> Refused => new()
    {
        { "get", "secrets", "spanhook" },
        { "list", "secrets", "spanhook" },
        { "watch", "secrets", "spanhook" },
        { "delete", "secrets/spanhook-ca", "spanhook" },
        { "get", "secrets", "default" },
        { "list", "secrets", "" },
        { "list", "pods", "" },
        { "get", "pods", "spanhook" },
        { "create", "pods", "spanhook" },
        { "create", "pods/exec", "default" },
        { "get", "configmaps", "default" },
        { "get", "configmaps", "spanhook" },
        { "create", "configmaps", "spanhook" },
        { "delete", "configmaps/spanhook-reports", "spanhook" },
        { "get", "events", "default" },
        { "patch", "events", "default" },
        { "delete", "events", "default" },
        { "patch", "instrumentations.opentelemetry.io", "default" },
        { "list", "nodes", "" },
        { "get", "nodes/proxy", "" },
        { "list", "deployments.apps", "" },
        { "patch", "deployments.apps", "spanhook" },
        { "list", "replicasets.apps", "" },
        { "patch", "namespaces", "" },
        { "delete", "namespaces", "" },
        { "create", "instrumentations.opentelemetry.io", "default" },
        { "delete", "instrumentations.opentelemetry.io", "default" },
        { "patch", "tracingpolicies.spanhook.dev", "" },
        { "list", "mutatingwebhookconfigurations.admissionregistration.k8s.io", "" },
        { "create", "mutatingwebhookconfigurations.admissionregistration.k8s.io", "" },
        { "patch", "mutatingwebhookconfigurations.admissionregistration.k8s.io/another", "" },
        { "delete", "mutatingwebhookconfigurations.admissionregistration.k8s.io/spanhook", "" },
        { "get", "validatingwebhookconfigurations.admissionregistration.k8s.io/spanhook", "" },
        { "get", "leases.coordination.k8s.io", "kube-system" },
        { "create", "clusterrolebindings.rbac.authorization.k8s.io", "" },
        { "escalate", "clusterroles.rbac.authorization.k8s.io", "" },
        { "bind", "clusterroles.rbac.authorization.k8s.io", "" },
        { "impersonate", "users", "" },
        { "create", "serviceaccounts/token", "spanhook" },
    };

    [ClusterTheory, MemberData(nameof(Needed))]
    public async Task It_may(string verb, string resource, string ns) => Assert.Equal("yes", await CanAsync(verb, resource, ns));

    [ClusterTheory, MemberData(nameof(Refused))]
    public async Task It_may_not(string verb, string resource, string ns) => Assert.Equal("no", await CanAsync(verb, resource, ns));

    /// <summary>Complete: whatever is added to its roles has to be added here.</summary>
    [ClusterTheory]
    [InlineData("default", "events[create] instrumentations.opentelemetry.io[get list watch] instrumentations/status.opentelemetry.io[patch] mutatingwebhookconfigurations.admissionregistration.k8s.io/spanhook[get patch] namespaces[get list watch] tracingpolicies.spanhook.dev[get list watch] tracingpolicies/status.spanhook.dev[patch]")]
    [InlineData("spanhook", "configmaps/spanhook-reports[get patch update] events[create] instrumentations.opentelemetry.io[get list watch] instrumentations/status.opentelemetry.io[patch] leases.coordination.k8s.io/spanhook[get patch update] mutatingwebhookconfigurations.admissionregistration.k8s.io/spanhook[get patch] namespaces[get list watch] secrets/spanhook-ca[get patch update] tracingpolicies.spanhook.dev[get list watch] tracingpolicies/status.spanhook.dev[patch]")]
    public async Task The_list_of_what_it_may_do_is_this(string ns, string expected)
    {
        await cluster.RunWebhookAsync();
        var review = $$"""{"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectRulesReview", "spec": {"namespace": "{{ns}}"} }""";
        var rules = (await cluster.Kubectl.WithAsync(review, "create", "--validate=false", "-f", "-", "-o", "json", "--as", Installation.User)).Json["status"]!["resourceRules"]!.AsArray();

        var theirs = rules.SelectMany(rule => Texts(rule!, "resources").SelectMany(resource => Texts(rule!, "apiGroups").Select(group => (Group: group, Rule: rule!, Resource: resource))))
            .Where(right => right.Group is not ("authorization.k8s.io" or "authentication.k8s.io")) // what everybody may: ask about oneself
            .Select(right => $"{right.Resource}{(right.Group.Length == 0 ? "" : "." + right.Group)}{string.Concat(Texts(right.Rule, "resourceNames").Select(name => "/" + name))}[{string.Join(' ', Texts(right.Rule, "verbs").Order(StringComparer.Ordinal))}]")
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal);
        Assert.Equal(expected, string.Join(' ', theirs));
    }

    [ClusterTheory]
    [InlineData("instrumentations.opentelemetry.io")]
    [InlineData("tracingpolicies.spanhook.dev")]
    public async Task Of_a_status_it_may_patch_and_nothing_else(string resource)
    {
        Assert.Equal("yes", await CanAsync("patch", resource, "", "--subresource=status"));
        Assert.Equal("no", await CanAsync("update", resource, "", "--subresource=status"));
        Assert.Equal("no", await CanAsync("patch", resource, ""));
    }

    private async Task<string> CanAsync(string verb, string resource, string ns, params string[] more)
    {
        await cluster.RunWebhookAsync();
        // 'no' is also exit code 1; what a namespace has to do with a cluster's resource is a warning.
        return (await cluster.Kubectl.TryAsync(["auth", "can-i", verb, resource, "--as", Installation.User, .. ns.Length == 0 ? ["-A"] : new[] { "-n", ns }, .. more])).Out.Trim().Split(' ')[0];
    }

    private static IEnumerable<string> Texts(JsonNode rule, string field) => (rule[field] as JsonArray ?? []).Select(value => value!.GetValue<string>());
}
