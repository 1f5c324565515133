using Spanhook.Api.Core;
using Spanhook.Injection.Decision;

namespace Spanhook.Injection.Injectors.Engines;

/// <summary>One container that an engine injector works on, with what is known of it.</summary>
internal sealed class EngineTarget(InjectionContext context, Container container, ContainerProgram program, EngineInjector engine)
{
    public InjectionContext Context => context;
    public Container Container => container;
    public ContainerProgram Program => program;

    /// <summary>Where the exporter sends, in the shapes that engines understand.</summary>
    public EngineExporter Exporter => _exporter ??= EngineExporter.Read(context, container, engine.Protocols);
    private EngineExporter? _exporter;

    /// <summary>What is done where the version is not known: the pod's annotation, its namespace's, the policies'.</summary>
    public UnknownVersionMode Unknown => context.Facts.EngineSettings.UnknownVersion;

    /// <summary>True when the user takes the risk of a version that is not known.</summary>
    public bool AcceptsUnknownVersion => Unknown == UnknownVersionMode.Inject;

    /// <summary>True when the options go behind a check for the packages.</summary>
    public bool IsGuarded { get; set; }

    /// <summary>True when the Python agent was asked for on the same container.</summary>
    public bool IsWithAgent => context.Facts.IsRequested("python", program.Container);

    /// <summary>The version: what the pod states, what a policy states for the image, what the tag tells; null when none does.</summary>
    public EngineVersion? Version(EngineVersion? ofTag) => StatedVersion is { } written ? engine.ParseVersion(written) : ofTag;

    /// <summary>Whether what the user states can be read; null when it can, or nothing is stated.</summary>
    public Refusal? CheckStatedVersion() => StatedVersion is { } written && engine.ParseVersion(written) is null
        ? new(Reasons.EngineVersionUnknown, $"{(AnnotatedVersion is null ? "engines.versions of a TracingPolicy" : Annotations.Prefix + Annotations.EngineVersion)} says '{written}'; write a version such as {engine.VersionExample}")
        : null;

    /// <summary>Whether a text survives as part of one option: a script that hands its arguments on may split or evaluate them.</summary>
    public bool CanPass(string text) => program.Form != LaunchForm.ScriptArguments || CommandLine.ShellQuote.Quote(text) == text;

    public bool ImageIs(string name) => program.ImageName.SequenceEqual(name);

    /// <summary>The version that the user states for the engine of the pod; null when none is stated. Sidecars and routers have their own.</summary>
    private string? StatedVersion => AnnotatedVersion ?? context.Facts.EngineSettings.VersionOf(container.Image);

    private string? AnnotatedVersion => program.Role is CommandLine.ProgramRole.Sidecar or CommandLine.ProgramRole.Router ? null : context.Annotations.First(Annotations.EngineVersion);

    /// <summary>The literal value of a variable of the container or of the resource; null when there is none.</summary>
    public string? Literal(string name) => EngineExporter.Find(context, container, name).Literal;

    public Refusal RefuseUnknownVersion(string product) => new(
        Reasons.EngineVersionUnknown,
        context.Facts.EngineSettings.InvalidUnknownVersion is { } invalid
            ? $"{Annotations.Prefix}{Annotations.UnknownVersion} is '{invalid}'; write skip, guard or inject"
            : program.Role is CommandLine.ProgramRole.Sidecar or CommandLine.ProgramRole.Router
            ? $"use a {product} image whose tag is its version"
            : $"annotate the pod with {Annotations.Prefix}{Annotations.EngineVersion}: \"<version of {product}>\", or with {Annotations.Prefix}{Annotations.UnknownVersion}: inject to take the risk");
}
