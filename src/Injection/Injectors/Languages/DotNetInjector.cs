using Spanhook.Api;
using Spanhook.Api.Core;
using Spanhook.Injection.Decision;
using Spanhook.Injection.Drafting;

namespace Spanhook.Injection.Injectors.Languages;

/// <summary>OpenTelemetry for .NET: a CLR profiler, and a startup hook with its dependencies.</summary>
internal sealed class DotNetInjector : AgentInjector
{
    private const string Home = "OTEL_DOTNET_AUTO_HOME";
    private const string Musl = "linux-musl-x64";

    // Images of the operator before 0.157 have the native library only in a folder named after the architecture.
    private static readonly Version FirstNeutralFolder = new(1, 16, 0);

    public override string Name => "dotnet";
    protected override string[] Composed { get; } = ["DOTNET_STARTUP_HOOKS", "DOTNET_ADDITIONAL_DEPS", "DOTNET_SHARED_STORE"];

    protected override IReadOnlyList<string> CopyCommand(InjectionContext context) => ["cp", "-r", "/autoinstrumentation/.", AgentPath];

    public override Refusal? Check(InjectionContext context, Container container)
    {
        if (context.Annotations.First(Annotations.DotNetRuntime) is { } runtime and not ("linux-x64" or Musl))
            return new(Reasons.UnsupportedPlatform, $"{Annotations.Prefix}{Annotations.DotNetRuntime} is '{runtime}'; write linux-x64 or linux-musl-x64");
        var home = CommonChecks.FindEnv(container, Home);
        var isOurs = context.Facts.Marker.Names(Name) && home.Text("value"u8) == AgentPath;
        var isSet = home.IsPresent() || CommonChecks.FindEnv(context.Section.Env, Home) is not null;
        return isSet && !isOurs ? new(Reasons.AlreadyConfigured, $"{Home} is set") : base.Check(context, container);
    }

    protected override void AddAgentEnv(ContainerDraft container, InjectionContext context)
    {
        var env = container.Env;
        env.AppendIfAbsent("CORECLR_ENABLE_PROFILING", "1");
        env.AppendIfAbsent("CORECLR_PROFILER", "{918728DD-259F-4A6A-AC2B-B85E1B658318}");
        env.AppendIfAbsent("CORECLR_PROFILER_PATH", $"{AgentPath}/{ProfilerFolder(context)}/OpenTelemetry.AutoInstrumentation.Native.so");
        AppendPath(env, "DOTNET_STARTUP_HOOKS", AgentPath + "/net/OpenTelemetry.AutoInstrumentation.StartupHook.dll");
        AppendPath(env, "DOTNET_ADDITIONAL_DEPS", AgentPath + "/AdditionalDeps");
        env.AppendIfAbsent(Home, AgentPath);
        AppendPath(env, "DOTNET_SHARED_STORE", AgentPath + "/store");
    }

    private static void AppendPath(EnvDraft env, string name, string path) => env.Compose(name, present => present switch
    {
        null => path,
        _ when present.Split(':').Contains(path, StringComparer.Ordinal) => present,
        _ => $"{present}:{path}",
    });

    private static string ProfilerFolder(InjectionContext context)
    {
        var isMusl = context.Annotations.First(Annotations.DotNetRuntime) == Musl;
        var isOld = ImageReference.Parse(context.Section.Image) is { LastPart: "autoinstrumentation-dotnet" } image
            && Version.TryParse(image.Tag[..DashOf(image.Tag)], out var version) && version < FirstNeutralFolder;
        return (isMusl, isOld) switch
        {
            (true, true) => Musl,
            (true, false) => "linux-musl",
            (false, true) => "linux-x64",
            _ => "linux",
        };

        static int DashOf(ReadOnlySpan<char> tag) => tag.IndexOf('-') is >= 0 and var dash ? dash : tag.Length;
    }
}
