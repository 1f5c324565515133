using System.Text.Json.Nodes;

namespace Spanhook.Cli.Checking;

/// <summary>Something that the webhook's service account has to be allowed.</summary>
/// <param name="Group">The API group; empty for core.</param>
/// <param name="Resource">With its subresource, as <c>tracingpolicies/status</c>.</param>
/// <param name="Verbs">All of them.</param>
internal sealed record NeededRight(string Group, string Resource, params IReadOnlyList<string> Verbs)
{
    /// <summary>The only object; null for all.</summary>
    public string? Name { get; init; }

    /// <summary>In its own namespace only.</summary>
    public bool IsOwnNamespace { get; init; }

    /// <summary>Pods are injected without it too.</summary>
    public bool IsForReporting { get; init; }

    /// <summary>As the shipped roles grant them.</summary>
    public static IReadOnlyList<NeededRight> All(string configuration) =>
    [
        new("", "namespaces", "get", "list", "watch"),
        new("opentelemetry.io", "instrumentations", "get", "list", "watch"),
        new("spanhook.dev", "tracingpolicies", "get", "list", "watch"),
        new("opentelemetry.io", "instrumentations/status", "patch") { IsForReporting = true },
        new("spanhook.dev", "tracingpolicies/status", "patch") { IsForReporting = true },
        new("", "events", "create") { IsForReporting = true },
        new("", "configmaps", "get", "update", "patch") { Name = "spanhook-reports", IsOwnNamespace = true, IsForReporting = true },
        new("admissionregistration.k8s.io", "mutatingwebhookconfigurations", "get", "patch") { Name = configuration },
        new("", "secrets", "get", "update", "patch") { Name = "spanhook-ca", IsOwnNamespace = true },
        new("coordination.k8s.io", "leases", "get", "update", "patch") { Name = "spanhook", IsOwnNamespace = true },
    ];

    /// <summary>The question, for one verb.</summary>
    public JsonObject ToReview(string verb, string user, string ns)
    {
        var (resource, subresource) = Resource.Split('/') is [var one, var sub] ? (one, sub) : (Resource, "");
        var attributes = new JsonObject { ["group"] = Group, ["resource"] = resource, ["subresource"] = subresource, ["verb"] = verb, ["name"] = Name ?? "" };
        if (IsOwnNamespace) attributes["namespace"] = ns;
        return new JsonObject
        {
            ["apiVersion"] = "authorization.k8s.io/v1",
            ["kind"] = "SubjectAccessReview",
            ["spec"] = new JsonObject
            {
                ["user"] = user,
                ["groups"] = new JsonArray("system:serviceaccounts", $"system:serviceaccounts:{ns}", "system:authenticated"),
                ["resourceAttributes"] = attributes,
            },
        };
    }

    public override string ToString() => $"{(Group.Length == 0 ? Resource : $"{Resource}.{Group}")}{(Name is null ? "" : $" {Name}")}";
}
