using Spanhook.Api.Core;
using Spanhook.Api.OpenTelemetry;

namespace Spanhook.Injection.Cluster;

/// <summary>What a policy's <c>spec.instrumentation</c> may not say, though an Instrumentation may: it is everybody's, and everybody may read it.</summary>
internal static class PolicyInstrumentationChecks
{
    private static readonly string[] SecretEndings = ["KEY", "TOKEN", "HEADERS", "PASSWORD", "SECRET"];

    public static void Check(InstrumentationSpec spec, ProblemCollector problems)
    {
        if (spec.Exporter?.Endpoint is { Length: > 0 } endpoint && !HasScheme(endpoint))
            problems.Error("exporter.endpoint", $"'{endpoint}' has no scheme; write for example http://otel-collector.observability:4318");
        CheckSecrets(spec.Env, "env", problems);
        foreach (var defaults in AgentDefaults.All)
        {
            if (InstrumentationCompiler.SectionOf(spec, defaults.Injector) is not { } section) continue;
            var key = InstrumentationValidator.JsonKey(defaults.Injector);
            CheckSecrets(section.Env, $"{key}.env", problems);
            CheckSecrets(section.Attrs, $"{key}.attrs", problems);
        }
    }

    // The beginning may come by reference: the node's address, for example.
    private static bool HasScheme(string endpoint)
    {
        if (endpoint.StartsWith("$(", StringComparison.Ordinal)) return true;
        var separator = endpoint.IndexOf("://", StringComparison.Ordinal);
        return separator is 4 or 5 && (endpoint[..separator].ToLowerInvariant() is "http" or "https") && endpoint.Length > separator + 3 && endpoint[separator + 3] != '/';
    }

    // A path, or a reference to a variable that comes from a Secret, is none.
    private static void CheckSecrets(IReadOnlyList<EnvVar>? env, string field, ProblemCollector problems)
    {
        for (var i = 0; i < env?.Count; i++)
        {
            var (name, value) = (env[i].Name, env[i].Value);
            if (string.IsNullOrEmpty(value) || value[0] == '/' || value.Contains("$(", StringComparison.Ordinal) || !SecretEndings.Any(e => name.EndsWith(e, StringComparison.Ordinal))) continue;
            problems.Error(
                $"{PolicyFields.At(field, i)}.value",
                $"{name} looks like a secret, and whoever may read policies would read it; write valueFrom.secretKeyRef, or a reference to a variable that comes from one: $(NAME)");
        }
    }
}
