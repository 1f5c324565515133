using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Spanhook.Api;
using Spanhook.Api.Core;
using Spanhook.Api.Meta;
using Spanhook.Api.OpenTelemetry;
using Spanhook.Api.Policy;
using Spanhook.Injection;
using Spanhook.Injection.Cluster;
using Spanhook.Injection.Injectors;
using Spanhook.Injection.Patching;

namespace Spanhook.Cli.Reporting;

/// <summary>What a language's injector adds to a pod, told by having it inject one: so the list can never say something else than is done.</summary>
internal static class AddedParts
{
    private const string Namespace = "default";

    /// <summary>What every language adds is what <c>sdk</c> adds.</summary>
    private static readonly Lazy<IReadOnlyList<string>> Common = new(() => All("sdk"));

    /// <summary>The injector's own variables first, then containers and volumes; of <c>sdk</c>, everything.</summary>
    public static IReadOnlyList<string> Of(string language) => language == "sdk" ? Common.Value : [.. All(language).Except(Common.Value, StringComparer.Ordinal)];

    private static IReadOnlyList<string> All(string language)
    {
        var guide = InjectorGuide.All.Single(guide => guide.Name == language);
        var before = Pod(guide);
        var patch = new ArrayBufferWriter<byte>();
        using var document = JsonDocument.Parse(before.ToJsonString());
        new PodInjector(InjectionOptions.Default).Inject(InjectionRequest.ForPod(new Pod(document.RootElement), Namespace), Cluster, patch);
        var after = (JsonObject)JsonPatchApplier.Apply(before.DeepClone(), patch.WrittenSpan);
        var changes = PodDiff.Containers(before, after).SelectMany(container => container.Changes).Concat(PodDiff.Pod(before, after));
        return [.. changes.Where(change => change.What is not ("label" or "annotation" or "mount")).Select(change => change.What == "env" ? change.Name : $"{change.What} {change.Name}").Distinct(StringComparer.Ordinal)];
    }

    // With whatever an injector wants to know of its pod.
    private static JsonObject Pod(InjectorGuide guide) => new()
    {
        ["metadata"] = new JsonObject
        {
            ["name"] = "app",
            ["annotations"] = new JsonObject
            {
                [guide.Annotation] = "true",
                ["instrumentation.opentelemetry.io/otel-go-auto-target-exe"] = "/app",
            },
        },
        ["spec"] = new JsonObject { ["containers"] = new JsonArray(new JsonObject { ["name"] = "app", ["image"] = "app:1.0" }) },
    };

    private static ClusterSnapshot Cluster { get; } = ClusterSnapshot.Compile(new ClusterObjects
    {
        Instrumentations = [new Instrumentation { Metadata = new ObjectMeta { Name = "settings", Namespace = Namespace } }],
        Policies =
        [
            new TracingPolicy
            {
                Metadata = new ObjectMeta { Name = "go" },
                Spec = new TracingPolicySpec { PrivilegedInjection = new PrivilegedInjectionSection { AllowedNamespaces = ["*"] } },
            },
        ],
    });
}
