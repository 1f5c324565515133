using Spanhook.Api.Core;
using Spanhook.Injection.Decision;
using Spanhook.Injection.Drafting;
using Spanhook.Injection.Injectors.Engines;

namespace Spanhook.Injection.Injectors.Languages;

/// <summary>OpenTelemetry for Python: its <c>sitecustomize</c> comes first on <c>PYTHONPATH</c>, its packages last.</summary>
internal sealed class PythonInjector : AgentInjector
{
    private const string Path = "PYTHONPATH";
    private const string Musl = "musl";

    public override string Name => "python";
    protected override string[] Composed { get; } = [Path];

    protected override IReadOnlyList<string> CopyCommand(InjectionContext context) =>
        ["cp", "-r", context.Annotations.First(Annotations.PythonPlatform) == Musl ? "/autoinstrumentation-musl/." : "/autoinstrumentation/.", AgentPath];

    public override Refusal? Check(InjectionContext context, Container container) =>
        context.Annotations.First(Annotations.PythonPlatform) is { } platform and not ("glibc" or Musl)
            ? new(Reasons.UnsupportedPlatform, $"{Annotations.Prefix}{Annotations.PythonPlatform} is '{platform}'; write glibc or musl")
            : base.Check(context, container);

    // Before the resource's common env: a PYTHONPATH there comes too late.
    protected override void AddLanguageEnv(EnvDraft env)
    {
        var first = AgentPath + "/opentelemetry/instrumentation/auto_instrumentation";
        env.Compose(Path, present => present switch
        {
            null => $"{first}:{AgentPath}",
            _ when present.StartsWith(first, StringComparison.Ordinal) => present,
            _ => $"{first}:{present}:{AgentPath}",
        });
    }

    protected override void AddAgentEnv(ContainerDraft container, InjectionContext context)
    {
        if (context.Facts.IsAccepted("vllm", container.Name)) VllmWithAgent.Configure(container.Env, context.Instrumentation.Endpoint);
        container.Env.AppendIfAbsent("OTEL_EXPORTER_OTLP_PROTOCOL", OtlpEndpoint.HttpProtobuf);
        container.Env.AppendIfAbsent("OTEL_TRACES_EXPORTER", "otlp");
        container.Env.AppendIfAbsent("OTEL_METRICS_EXPORTER", "otlp");
        container.Env.AppendIfAbsent("OTEL_LOGS_EXPORTER", "otlp");
    }
}
