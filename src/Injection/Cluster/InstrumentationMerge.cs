using Spanhook.Api.Core;
using Spanhook.Api.OpenTelemetry;

namespace Spanhook.Injection.Cluster;

/// <summary>
/// The <c>spec.instrumentation</c> of several policies in one. Of the higher policy comes:
/// <list type="table">
/// <item><term><c>exporter</c></term><description><c>endpoint</c>, <c>protocol</c> and <c>tls</c>, each if it sets it</description></item>
/// <item><term><c>sampler</c></term><description><c>type</c> with its <c>argument</c>: that of a lower policy is never put behind another type</description></item>
/// <item><term><c>propagators</c></term><description>the list as a whole</description></item>
/// <item><term><c>resource.resourceAttributes</c>, <c>env</c>, <c>attrs</c></term><description>the entries that it names; the others are of the lower one</description></item>
/// <item><term>a section of a language</term><description>each field; <c>volumeClaimTemplate</c> and <c>volumeLimitSize</c> are one, and so are the two names of the resources</description></item>
/// </list>
/// </summary>
internal static class InstrumentationMerge
{
    private static readonly Dictionary<string, string> NoAttributes = [];

    /// <summary>Merges and compiles; the source is the highest policy. What only together is a mistake makes it invalid, as in a single one.</summary>
    /// <param name="policies">Those that carry one; highest priority first, at least one.</param>
    public static CompiledInstrumentation Compile(IReadOnlyList<CompiledPolicy> policies)
    {
        if (policies.Count == 1) return policies[0].Instrumentation!;
        var merged = policies.Select(p => p.InstrumentationSpec!).Aggregate(Merge);
        var compiled = InstrumentationCompiler.CompileSpec(merged, new("TracingPolicy", policies[0].Name, "spec.instrumentation", []));

        // What is wrong with one of them is said of that one, also what only a policy may not say.
        return policies.FirstOrDefault(p => p.Instrumentation!.Errors is not null) is { } broken ? compiled with { Errors = $"TracingPolicy {broken.Name}: {broken.Instrumentation!.Errors}" } : compiled;
    }

    /// <summary>Two specs in one.</summary>
    public static InstrumentationSpec Merge(InstrumentationSpec high, InstrumentationSpec low) => new()
    {
        Exporter = Both(high.Exporter, low.Exporter, Exporter),
        Resource = Both(high.Resource, low.Resource, Resource),
        Propagators = high.Propagators is { Count: > 0 } ? high.Propagators : low.Propagators,
        Sampler = Both(high.Sampler, low.Sampler, static (h, l) => string.IsNullOrEmpty(h.Type) ? new() { Type = l.Type, Argument = Text(h.Argument, l.Argument) } : h),
        Defaults = Both(high.Defaults, low.Defaults, static (h, l) => new() { UseLabelsForResourceAttributes = h.UseLabelsForResourceAttributes ?? l.UseLabelsForResourceAttributes }),
        Env = ByName(high.Env, low.Env),
        Java = Both(high.Java, low.Java, Section),
        Nodejs = Both(high.Nodejs, low.Nodejs, Section),
        Python = Both(high.Python, low.Python, Section),
        Dotnet = Both(high.Dotnet, low.Dotnet, Section),
        Go = Both(high.Go, low.Go, Section),
        ApacheHttpd = Both(high.ApacheHttpd, low.ApacheHttpd, Section),
        Nginx = Both(high.Nginx, low.Nginx, Section),
        ImagePullPolicy = Text(high.ImagePullPolicy, low.ImagePullPolicy),
        InitContainerSecurityContext = high.InitContainerSecurityContext ?? low.InitContainerSecurityContext,
    };

    private static ExporterSection Exporter(ExporterSection high, ExporterSection low) =>
        new() { Endpoint = Text(high.Endpoint, low.Endpoint), Protocol = Text(high.Protocol, low.Protocol), Tls = high.Tls ?? low.Tls };

    private static ResourceSection Resource(ResourceSection high, ResourceSection low) =>
        new() { ResourceAttributes = Attributes(high.ResourceAttributes, low.ResourceAttributes), AddK8sUidAttributes = high.AddK8sUidAttributes ?? low.AddK8sUidAttributes };

    private static InjectorSection Section(InjectorSection high, InjectorSection low)
    {
        var volume = high.VolumeClaimTemplate is null && high.VolumeLimitSize is null ? low : high;
        var resources = high.Resources is null && high.ResourceRequirements is null ? low : high;
        return new()
        {
            Image = Text(high.Image, low.Image),
            Env = ByName(high.Env, low.Env),
            VolumeClaimTemplate = volume.VolumeClaimTemplate,
            VolumeLimitSize = volume.VolumeLimitSize,
            Resources = resources.Resources,
            ResourceRequirements = resources.ResourceRequirements,
            Extensions = high.Extensions is { Count: > 0 } ? high.Extensions : low.Extensions,
            SecurityContext = high.SecurityContext ?? low.SecurityContext,
            Attrs = ByName(high.Attrs, low.Attrs),
            Version = Text(high.Version, low.Version),
            ConfigPath = Text(high.ConfigPath, low.ConfigPath),
            ConfigFile = Text(high.ConfigFile, low.ConfigFile),
        };
    }

    private static T? Both<T>(T? high, T? low, Func<T, T, T> merge)
        where T : class => high is null ? low : low is null ? high : merge(high, low);

    private static string? Text(string? high, string? low) => string.IsNullOrEmpty(high) ? low : high;

    private static Dictionary<string, string> Attributes(IReadOnlyDictionary<string, string>? high, IReadOnlyDictionary<string, string>? low)
    {
        var merged = new Dictionary<string, string>(high ?? NoAttributes, StringComparer.Ordinal);
        foreach (var (key, value) in low ?? NoAttributes) merged.TryAdd(key, value);
        return merged;
    }

    private static IReadOnlyList<EnvVar>? ByName(IReadOnlyList<EnvVar>? high, IReadOnlyList<EnvVar>? low)
    {
        if (high is not { Count: > 0 } || low is not { Count: > 0 }) return high is { Count: > 0 } ? high : low;
        var names = high.Select(e => e.Name).ToHashSet(StringComparer.Ordinal);
        return [.. high, .. low.Where(e => !names.Contains(e.Name))];
    }
}
