using Spanhook.Api.Meta;
using Spanhook.Api.OpenTelemetry;
using Spanhook.Api.Policy;

namespace Spanhook.Injection.Tests.Properties;

/// <summary>Policies that use every field, for the pods of <see cref="PodGenerator"/>.</summary>
internal sealed class PolicyGenerator(Dice dice, Func<InstrumentationSpec> instrumentation)
{
    private static readonly string[] Languages = ["java", "nodejs", "python", "dotnet", "sdk"];
    private static readonly string[] Engines = ["auto", "auto", "vllm", "sglang", "nim", "triton"];
    private static readonly string[] Keys = ["app.kubernetes.io/name", "app.kubernetes.io/instance", "app", "pod-template-hash", "spanhook.dev/injected", "none"];
    private static readonly string[] Values = ["cart", "1.0", "", "5d4f9c7b8", "true"];

    public IEnumerable<TracingPolicy> Policies(int most)
    {
        var count = dice.UpTo(most);
        for (var i = 0; i < count; i++) yield return Policy($"p{i}");
    }

    public TracingPolicy Policy(string name) => new()
    {
        Metadata = new() { Name = name },
        Spec = new()
        {
            Mode = dice.Of("Enforce", "Enforce", "Enforce", "Audit", "Off", null!),
            Priority = dice.Of(0, 0, 1, 10, -5),
            NamespaceSelector = dice.Chance(30) ? Selector(["kubernetes.io/metadata.name", "team"], ["shop", "ml"]) : null,
            PodSelector = dice.Chance(40) ? Selector(Keys, Values) : null,
            Inject = dice.Chance(70) ? Inject() : null,
            OptOut = dice.Of("Allowed", "Denied", null!),
            Rollout = dice.Chance(30) ? new() { Percent = dice.Of(0, 50, 100) } : null,
            Instrumentation = dice.Chance(60) ? instrumentation() : null,
            Engines = dice.Chance(40) ? new() { UnknownVersion = dice.Of("Skip", "Guard", "Inject"), Vllm = new() { DetailedTraces = dice.Chance(30) ? ["all"] : null } } : null,
            ServiceNames = dice.Chance(20) ? new() { Engine = "{owner}-{role}" } : null,
            PrivilegedInjection = dice.Chance(30) ? new() { AllowedNamespaces = ["shop"] } : null,
        },
    };

    public LabelSelector Selector(string[] keys, string[] values)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        dice.Some(2, _ => labels[dice.Of(keys)] = dice.Of(values));
        var expressions = new List<LabelSelectorRequirement>();
        dice.Some(2, _ =>
        {
            var op = dice.Of("In", "NotIn", "Exists", "DoesNotExist");
            expressions.Add(new() { Key = dice.Of(keys), Operator = op, Values = op is "In" or "NotIn" ? [dice.Of(values), dice.Of(values)] : null });
        });
        return new() { MatchLabels = labels, MatchExpressions = expressions };
    }

    private InjectSection Inject() => new()
    {
        Languages = dice.Chance(60) ? [dice.Of(Languages), .. dice.Chance(25) ? [dice.Of(Languages)] : Array.Empty<string>()] : null,
        Engines = dice.Chance(60) ? [dice.Of(Engines), .. dice.Chance(25) ? [dice.Of(Engines)] : Array.Empty<string>()] : null,
        Containers = dice.Chance(30) ? dice.Of<string[]>(["app"], ["web", "app"], ["init-app"], ["nobody"]) : null,
    };
}
