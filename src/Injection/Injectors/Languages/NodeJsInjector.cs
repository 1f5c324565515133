using Spanhook.Injection.Drafting;

namespace Spanhook.Injection.Injectors.Languages;

/// <summary>OpenTelemetry for Node.js, required by <c>NODE_OPTIONS</c>.</summary>
internal sealed class NodeJsInjector : AgentInjector
{
    private const string Options = "NODE_OPTIONS";

    public override string Name => "nodejs";
    protected override string[] Composed { get; } = [Options];

    protected override IReadOnlyList<string> CopyCommand(InjectionContext context) => ["cp", "-r", "/autoinstrumentation/.", AgentPath];

    protected override void AddAgentEnv(ContainerDraft container, InjectionContext context)
    {
        var require = $"--require {AgentPath}/autoinstrumentation.js";
        container.Env.Compose(Options, present => present?.Contains(require, StringComparison.Ordinal) == true ? present : $"{present} {require}");
        container.Env.AppendIfAbsent("OTEL_METRICS_EXPORTER", "otlp");
    }
}
