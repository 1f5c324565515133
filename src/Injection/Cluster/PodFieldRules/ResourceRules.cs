using System.Globalization;
using System.Text.Json;
using Spanhook.Api;

namespace Spanhook.Injection.Cluster.PodFieldRules;

/// <summary>Resources of a container.</summary>
internal static class ResourceRules
{
    private const string HugePages = "hugepages-";
    private static readonly string[] Standard = ["cpu", "memory", "ephemeral-storage"];

    public static readonly ObjectRule Container = new(new(StringComparer.Ordinal)
    {
        ["limits"] = new MapRule(NameProblem, new QuantityRule()),
        ["requests"] = new MapRule(NameProblem, new QuantityRule()),
        ["claims"] = new ListRule(new ObjectRule(new(StringComparer.Ordinal) { ["name"] = Label("a resource claim"), ["request"] = Label("a request", isOptional: true) }) { Required = ["name"] }),
    })
    {
        Together = (resources, field, problems) => CheckClaims(resources.Member("claims"u8), field + ".claims", problems),
    };

    /// <summary>Reports where requests and limits, with the defaults for what is not written, do not fit.</summary>
    /// <param name="resources">With the defaults.</param>
    /// <param name="written">What the resource's author wrote; undefined for nothing.</param>
    /// <param name="field">The path of the field.</param>
    /// <param name="problems">Where to report.</param>
    public static void CheckTogether(JsonElement resources, JsonElement written, string field, ProblemCollector problems)
    {
        var (limits, requests) = (resources.Member("limits"u8), resources.Member("requests"u8));
        var limitsHint = written.Member("limits"u8).IsPresent() ? "" : ", the default; write limits too";
        var requestsHint = written.Member("requests"u8).IsPresent() ? "" : ", the default; write requests too";
        foreach (var list in (ReadOnlySpan<(string, JsonElement)>)[("limits", limits), ("requests", requests)])
        {
            foreach (var member in list.Item2.Members()) CheckAmount(member, $"{field}.{list.Item1}.{member.Name}", problems);
        }

        foreach (var request in requests.Members())
        {
            if (Quantity.Parse(request.Value) is not { } wanted) continue;
            JsonElement found = default;
            if (limits.ValueKind == JsonValueKind.Object) limits.TryGetProperty(request.Name, out found);
            var limit = Quantity.Parse(found);
            var path = $"{field}.requests.{request.Name}";
            if (IsWhole(request.Name) && wanted != limit) problems.Error(path, $"is not the same as limits.{request.Name}, as it must be; write limits only");
            else if (wanted > limit) problems.Error(path, $"{request.Value}{requestsHint} is more than limits.{request.Name}, which is {found}{limitsHint}");
        }

        if (Names(limits).Concat(Names(requests)) is var names && names.Any(IsHugePage) && !names.Any(n => n is "cpu" or "memory"))
            problems.Error(field, "has huge pages without cpu and memory; write one of them too");
    }

    private static List<string> Names(JsonElement map) => [.. map.Members().Select(m => m.Name)];

    private static void CheckAmount(JsonProperty member, string path, ProblemCollector problems)
    {
        if (!IsWhole(member.Name) || Quantity.Parse(member.Value) is not { } amount) return;
        if (amount != decimal.Truncate(amount)) problems.Error(path, $"{member.Value} is no whole number, and {member.Name} comes in whole ones only");
        else if (IsHugePage(member.Name) && PageSize(member.Name) is { } size && (amount == 0 || amount % size != 0))
            problems.Error(path, $"{member.Value} is no multiple of {member.Name[HugePages.Length..]}");
    }

    private static string? NameProblem(string name)
    {
        if (IsHugePage(name)) return PageSize(name) is null ? $"'{name}' is no size of huge pages; write for example hugepages-2Mi" : null;
        if (!name.Contains('/', StringComparison.Ordinal)) return Standard.Contains(name, StringComparer.Ordinal) ? null : $"'{name}' is no resource of a container; write {string.Join(", ", Standard)} or one such as example.com/device";
        return KubernetesNames.IsQualifiedName(name) && !name.StartsWith("requests.", StringComparison.Ordinal) ? null : $"'{name}' is no name of a resource; {KubernetesNames.QualifiedHelp}";
    }

    private static bool IsHugePage(string name) => name.StartsWith(HugePages, StringComparison.Ordinal);

    private static decimal? PageSize(string name) => Quantity.Parse(name.AsSpan(HugePages.Length)) is > 0 and var size ? size : null;

    // Devices and huge pages cannot be promised twice.
    private static bool IsWhole(string name) =>
        IsHugePage(name) || (name.Contains('/', StringComparison.Ordinal) && !name.Contains("kubernetes.io/", StringComparison.Ordinal));

    private static TextRule Label(string what, bool isOptional = false) =>
        new(text => KubernetesNames.IsLabel(text) || (isOptional && text.Length == 0) ? null : $"'{text}' is no name of {what}; write lower case letters, digits and '-'");

    private static void CheckClaims(JsonElement claims, string field, ProblemCollector problems)
    {
        var seen = new List<(string? Name, string Request)>();
        foreach (var claim in claims.Items())
        {
            var (name, request) = (claim.Text("name"u8), claim.Text("request"u8) ?? "");
            if (seen.Exists(s => s.Name == name && (s.Request == request || s.Request.Length == 0 || request.Length == 0)))
                problems.Error(string.Create(CultureInfo.InvariantCulture, $"{field}[{seen.Count}]"), $"names the claim {name} again; leave one");
            seen.Add((name, request));
        }
    }
}
