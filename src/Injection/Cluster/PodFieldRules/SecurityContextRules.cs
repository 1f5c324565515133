using System.Text.Json;
using Spanhook.Api;

namespace Spanhook.Injection.Cluster.PodFieldRules;

/// <summary>The security context of a container that is added to pods for Linux.</summary>
internal static class SecurityContextRules
{
    private const int MaxAppArmorProfile = 4095;

    private static readonly TextRule ProfileType = TextRule.OneOf("RuntimeDefault", "Localhost", "Unconfined");

    public static readonly ObjectRule Container = new(new(StringComparer.Ordinal)
    {
        ["allowPrivilegeEscalation"] = FlagRule.Any,
        ["appArmorProfile"] = Profile(text => text.Length is > 0 and <= MaxAppArmorProfile && text.Trim() == text ? null : $"'{text}' is no name of a profile; write it without spaces around it"),
        ["capabilities"] = new ObjectRule(new(StringComparer.Ordinal) { ["add"] = new ListRule(TextRule.Any), ["drop"] = new ListRule(TextRule.Any) }),
        ["privileged"] = FlagRule.Any,
        // Unmasked only goes where the pod has hostUsers: false, and no file needs it to be copied.
        ["procMount"] = TextRule.OneOf("Default"),
        ["readOnlyRootFilesystem"] = FlagRule.Any,
        ["runAsGroup"] = new IdRule(),
        ["runAsNonRoot"] = FlagRule.Any,
        ["runAsUser"] = new IdRule(),
        ["seLinuxOptions"] = new ObjectRule(new(StringComparer.Ordinal) { ["level"] = TextRule.Any, ["role"] = TextRule.Any, ["type"] = TextRule.Any, ["user"] = TextRule.Any }),
        ["seccompProfile"] = Profile(text => IsBelow(text) ? null : $"'{text}' is no path below the kubelet's folder of profiles; write it without a leading / and without .."),
        ["windowsOptions"] = new NeverRule("is for Windows, whose pods are not injected; remove it"),
    })
    {
        Together = CheckRights,
    };

    private static ObjectRule Profile(Func<string, string?> problem) =>
        new(new(StringComparer.Ordinal) { ["type"] = ProfileType, ["localhostProfile"] = new TextRule(problem) }) { Required = ["type"], Together = CheckProfile };

    private static void CheckProfile(JsonElement profile, string field, ProblemCollector problems)
    {
        var isLocal = profile.TextEquals("type"u8, "Localhost"u8);
        var isNamed = profile.Member("localhostProfile"u8).IsPresent();
        if (isLocal && !isNamed) problems.Error(field + ".localhostProfile", "is missing; type Localhost needs it");
        if (!isLocal && isNamed) problems.Error(field + ".localhostProfile", "goes with type Localhost only; remove it, or write that type");
    }

    private static void CheckRights(JsonElement context, string field, ProblemCollector problems)
    {
        if (context.Flag("allowPrivilegeEscalation"u8) == false && (context.Flag("privileged"u8) == true || AddsSystemAdministration(context)))
            problems.Error(field + ".allowPrivilegeEscalation", "cannot be false with privileged: true or the capability CAP_SYS_ADMIN; remove one of them");
        // The API server takes it; the kubelet would never start the container, and so the pod.
        if (context.Flag("runAsNonRoot"u8) == true && context.Member("runAsUser"u8) is { ValueKind: JsonValueKind.Number } user && user.TryGetDecimal(out var id) && id == 0)
            problems.Error(field + ".runAsUser", "is 0 with runAsNonRoot: true; write another user");
    }

    private static bool AddsSystemAdministration(JsonElement context)
    {
        foreach (var capability in context.Member("capabilities"u8).Member("add"u8).Items())
        {
            if (capability.AsText() == "CAP_SYS_ADMIN") return true;
        }

        return false;
    }

    private static bool IsBelow(string path) => path.Length > 0 && path[0] != '/' && !path.Split('/').Contains("..", StringComparer.Ordinal);
}

/// <summary>A field that no value is good for.</summary>
/// <param name="message">Why, and what to do.</param>
internal sealed class NeverRule(string message) : FieldRule
{
    public override void Check(JsonElement value, string field, ProblemCollector problems) => problems.Error(field, message);
}
