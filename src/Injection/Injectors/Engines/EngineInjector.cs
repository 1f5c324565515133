using Spanhook.Api;
using Spanhook.Api.Core;
using Spanhook.Injection.CommandLine;
using Spanhook.Injection.Decision;
using Spanhook.Injection.Drafting;

namespace Spanhook.Injection.Injectors.Engines;

/// <summary>
/// The frame of engines, routers and sidecars: they have tracing built in, which options or variables switch on. An engine that runs without
/// tracing is better than one that does not start, so whatever is not known to work is refused with what to write instead.
/// </summary>
internal abstract class EngineInjector : IInjector
{
    public abstract string Name { get; }
    public bool SupportsInitContainers => true;
    public bool IsEngine => true;
    public virtual string? DefaultProtocol => OtlpEndpoint.Grpc;

    /// <summary>True when only its own annotation asks for it: <c>inject-engine</c> does not.</summary>
    public virtual bool IsOptIn => false;

    /// <summary>For people: what no other member says.</summary>
    public abstract EngineNotes Notes { get; }

    /// <summary>The option or variable by which it is told that tracing is set up.</summary>
    public abstract string SwitchName { get; }

    /// <summary>What tracing does to its releases, by its image where it has several; none where no release is known to matter.</summary>
    public virtual IReadOnlyList<EngineReleaseTable> Releases => [];

    /// <summary>The protocols that its exporter speaks.</summary>
    public virtual EngineProtocols Protocols => EngineProtocols.Both;

    /// <summary>A version as its users write it; null for what is none.</summary>
    public virtual EngineVersion? ParseVersion(string text) => EngineVersion.Parse(text);

    /// <summary>What such a version looks like.</summary>
    public virtual string VersionExample => "0.17.0";

    /// <summary>The service name that its own charts give it; null for the workload's name.</summary>
    public virtual string? ServiceName => null;

    /// <summary>True when variables alone switch it on, wherever its command line is.</summary>
    protected virtual bool IsEnvironmentOnly => false;

    /// <summary>True when an image runs it unless the command says otherwise.</summary>
    public virtual bool IsImage(ImageReference image) => false;

    /// <summary>Recognizes its program, and what its command line says.</summary>
    public abstract bool Recognize(in CommandWords words, out ProgramMatch match);

    /// <summary>Reads options that the image's entrypoint gets.</summary>
    /// <param name="words">The words of the command.</param>
    /// <param name="first">The first word that is the engine's own.</param>
    public virtual ProgramMatch ReadArguments(in CommandWords words, int first) => new(Name, ProgramRole.Server, first - 1);

    public Refusal? Check(InjectionContext context, Container container)
    {
        var program = context.Facts.Programs.Of(container.Name)!;
        if (program.Engine != Name) return new(program is { Engine: null, Image: { } image } && IsImage(image) ? Reasons.EngineNotAServer : Reasons.EngineNotFound);
        var target = TargetOf(context, container);
        return CheckRole(program)
            ?? CheckOptions(target)
            ?? target.CheckStatedVersion()
            ?? CheckVersion(target)
            ?? CheckAgent(target)
            ?? CheckPlace(target)
            ?? CheckEndpoint(target)
            ?? CommonChecks.Check(context, container);
    }

    public void Inject(PodDraft draft, InjectionContext context)
    {
        foreach (var reference in context.Targets)
        {
            var container = draft.Container(reference);
            var target = TargetOf(context, container.View);
            SdkEnvironment.AddCommon(container.Env, context.Instrumentation);
            AddEnvironment(container.Env, target);
            if (target.Exporter.Endpoint != context.Instrumentation.Endpoint) container.Env.AppendIfAbsent(SdkEnvironment.EndpointVariable, target.Exporter.Endpoint!);
            SdkEnvironment.Configure(container.Env, context, container.View, EngineServiceName.Of(target, this));
            SdkEnvironment.AddCertificateVolumes(draft, container.Mounts, context.Instrumentation);
            var options = new List<string>(2);
            AddOptions(options, target, container.Env);
            if (options.Count > 0) OptionPlacement.Add(container, target, options);
        }
    }

    /// <summary>Variables that switch tracing on, before the common ones. What is there already stays.</summary>
    protected virtual void AddEnvironment(EnvDraft env, EngineTarget target)
    {
    }

    /// <summary>Options that switch tracing on; each one word, in its = form.</summary>
    /// <param name="options">Gets them.</param>
    /// <param name="target">The container.</param>
    /// <param name="env">Its environment as it will be.</param>
    protected virtual void AddOptions(List<string> options, EngineTarget target, EnvDraft env)
    {
    }

    /// <summary>Whether this version can be traced; null when it can.</summary>
    protected virtual Refusal? CheckVersion(EngineTarget target) => null;

    /// <summary>Whether it can run with the Python agent where both are asked for; null when it can, or only one is.</summary>
    protected virtual Refusal? CheckAgent(EngineTarget target) => target.IsWithAgent ? new(Reasons.EngineWithAgent) : null;

    /// <summary>Whether what is configured already allows it; null when it does.</summary>
    protected virtual Refusal? CheckOptions(EngineTarget target)
    {
        var isSet = target.Program.Has(ProgramOptions.TracingIsSet) || (IsEnvironmentOnly && CommonChecks.FindEnv(target.Container, SwitchName).IsPresent());
        return isSet ? Configured(target) : null;
    }

    /// <summary>Tracing is set up: by an earlier pass of ours, or by the user.</summary>
    protected Refusal Configured(EngineTarget target) =>
        target.Context.Facts.Marker.Names(Name) ? new(Reasons.AlreadyInjected) : new(Reasons.AlreadyConfigured, SwitchName);

    /// <summary>Whether a role emits spans; null when it does.</summary>
    protected virtual Refusal? CheckRole(ContainerProgram program) => program.Role switch
    {
        ProgramRole.Headless => new(Reasons.EngineHeadless),
        ProgramRole.Server or ProgramRole.Router or ProgramRole.Sidecar => null,
        ProgramRole.Worker when program.Place is not null => null,
        _ => new(Reasons.EngineNotAServer),
    };

    public Refusal? Warn(InjectionContext context, Container container) => Warn(TargetOf(context, container));

    /// <summary>The endpoint and the protocol, where the port is the other protocol's; null where it is not.</summary>
    public string? EndpointMismatch(InjectionContext context, Container container) => TargetOf(context, container).Exporter.Mismatch;

    /// <inheritdoc cref="IInjector.Warn"/>
    protected virtual Refusal? Warn(EngineTarget target) => null;

    /// <summary>A release by its table: the annotation's or policy's version, else the tag's.</summary>
    protected static Refusal? CheckRelease(EngineTarget target, EngineReleaseTable table, string product, EngineVersion? version)
    {
        if (version is null) return target.AcceptsUnknownVersion ? null : target.RefuseUnknownVersion(product);
        var line = table.Of(version.Value);
        if (line.Reason is null) return null;
        if (line.Reason == Reasons.EngineVersionUnknown && target.AcceptsUnknownVersion) return null;
        return line.Reason == Reasons.EngineVersionUnknown
            ? new(line.Reason, $"of {product} {table.Show(version.Value)} it is not certain; annotate the pod with {Annotations.Prefix}{Annotations.UnknownVersion}: inject to take the risk")
            : new(line.Reason, $"{product} {table.Show(version.Value)}");
    }

    // One for check, injection and warnings: what it has read of the container is not read again.
    private EngineTarget TargetOf(InjectionContext context, Container container)
    {
        var name = container.Name;
        foreach (var known in context.EngineTargets)
        {
            if (known.Program.Container == name) return known;
        }

        var target = new EngineTarget(context, container, context.Facts.Programs.Of(name)!, this);
        context.EngineTargets.Add(target);
        return target;
    }

    private Refusal? CheckPlace(EngineTarget target)
    {
        if (IsEnvironmentOnly || target.Program.Place is not null && !target.Program.Has(ProgramOptions.TakesNoOptions)) return null;
        return new(Reasons.EngineCommandOpaque, target.Program.Problem ?? "how this program takes options is not known");
    }

    private Refusal? CheckEndpoint(EngineTarget target)
    {
        var exporter = target.Exporter;
        if (exporter.Problem is { } problem) return problem;
        if (target.Program.IsEvaluated && exporter.Url!.Contains('$', StringComparison.Ordinal))
            return new(Reasons.EngineCommandOpaque, "its script evaluates the options twice, which a reference in the endpoint does not survive");
        return CheckShape(target);
    }

    /// <summary>Whether the endpoint has a shape that it understands; null when it has.</summary>
    protected virtual Refusal? CheckShape(EngineTarget target) => null;
}

/// <summary>What the documentation says of an engine besides its name, releases, switch and protocols, which it takes from their own place.</summary>
/// <param name="Product">Its name for people.</param>
/// <param name="Adds">The options and variables that switch tracing on.</param>
/// <param name="Limits">What it cannot do, or what it is left alone for; empty when nothing is known.</param>
/// <param name="Versions">What its tables of releases do not say of versions; null when they say all, or nothing is known.</param>
internal sealed record EngineNotes(string Product, string Adds, string Limits, string? Versions = null);

/// <summary>What an engine's exporter speaks.</summary>
internal enum EngineProtocols
{
    Both,
    GrpcOnly,
    HttpOnly,
}
