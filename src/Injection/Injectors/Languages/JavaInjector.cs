using System.Globalization;
using Spanhook.Injection.Drafting;

namespace Spanhook.Injection.Injectors.Languages;

/// <summary>The OpenTelemetry Java agent, loaded by <c>JAVA_TOOL_OPTIONS</c>, which every JVM reads.</summary>
internal sealed class JavaInjector : AgentInjector
{
    private const string Options = "JAVA_TOOL_OPTIONS";

    public override string Name => "java";
    protected override string[] Composed { get; } = [Options];

    // One path per container: the JVM's options of several containers of a pod stay apart.
    protected override string MountPath(string container) => $"{AgentPath}-{container}";

    protected override IReadOnlyList<string> CopyCommand(InjectionContext context) => ["cp", "/javaagent.jar", AgentPath + "/javaagent.jar"];

    public override Refusal? CheckPod(InjectionContext context)
    {
        if (base.CheckPod(context) is { } refusal) return refusal;
        var isOurs = context.Facts.Marker.Names(Name);
        for (var i = 0; i < context.Section.Extensions.Count; i++)
        {
            if ((isOurs ? CommonChecks.CheckAdded(context, AgentName, ExtensionName(i)) : CommonChecks.CheckContainerName(context, ExtensionName(i))) is { } taken) return taken;
        }

        return null;
    }

    protected override void AddAgentEnv(ContainerDraft container, InjectionContext context)
    {
        var path = MountPath(container.Name);
        var agent = $"-javaagent:{path}/javaagent.jar";
        var extensions = context.Section.Extensions.Count > 0 ? $" -Dotel.javaagent.extensions={path}/extensions" : "";
        container.Env.Compose(Options, present => present?.Contains(agent, StringComparison.Ordinal) == true ? present : $"{present} {agent}{extensions}");
    }

    protected override void AddFurtherInitContainers(PodDraft draft, InjectionContext context)
    {
        for (var i = 0; i < context.Section.Extensions.Count; i++)
        {
            var extension = context.Section.Extensions[i];
            AddInitContainer(draft, context, ExtensionName(i), extension.Image, ["cp", "-r", extension.Dir + "/.", AgentPath + "/extensions"]);
        }
    }

    private static string ExtensionName(int index) => "opentelemetry-auto-instrumentation-extension-" + index.ToString(CultureInfo.InvariantCulture);
}
