using Spanhook.Injection.CommandLine;
using Spanhook.Injection.Drafting;

namespace Spanhook.Injection.Injectors.Engines;

/// <summary>Hugging Face's Rust servers: by environment, since their parser rejects an option that is given twice. gRPC only.</summary>
internal abstract class HuggingFaceInjector : EngineInjector
{
    private const string EndpointVariable = "OTLP_ENDPOINT";
    private const string NameVariable = "OTLP_SERVICE_NAME";

    public override EngineProtocols Protocols => EngineProtocols.GrpcOnly;
    protected override bool IsEnvironmentOnly => true;
    public override string SwitchName => EndpointVariable;

    public override ProgramMatch ReadArguments(in CommandWords words, int first) =>
        new(Name, ProgramRole.Server, first - 1, Option.IsSet(words, first, "--otlp-endpoint", "--otlp-endpoint") ? ProgramOptions.TracingIsSet : ProgramOptions.None);

    protected override void AddEnvironment(EnvDraft env, EngineTarget target) => env.AppendIfAbsent(EndpointVariable, target.Exporter.Url!);

    // The name that everything else of the pod goes by; a reference to it is expanded only if it stands before, which ours does not.
    protected override void AddOptions(List<string> options, EngineTarget target, EnvDraft env)
    {
        if (env.Literal(SdkEnvironment.ServiceNameVariable) is { Length: > 0 } name) env.AppendIfAbsent(NameVariable, name);
    }
}

/// <summary>Text Generation Inference.</summary>
internal sealed class TextGenerationInferenceInjector : HuggingFaceInjector
{
    public override string Name => "tgi";

    public override IReadOnlyList<EngineReleaseTable> Releases => [EngineReleases.TextGenerationInference];

    public override EngineNotes Notes => new(
        "Text Generation Inference", "OTLP_ENDPOINT, OTLP_SERVICE_NAME", "the service name from 2.1.0 on; samplers are ignored, every request is traced");

    public override bool IsImage(ImageReference image) => image.LastPart is "text-generation-inference";

    public override bool Recognize(in CommandWords words, out ProgramMatch match)
    {
        match = words.Program(0) is "text-generation-launcher" or "text-generation-router" ? ReadArguments(words, 1) : default;
        return match != default;
    }

    // A variable that a version does not know is ignored, so that an unknown version is no reason.
    protected override Refusal? CheckVersion(EngineTarget target) =>
        target.Version(target.ImageIs("text-generation-inference") ? EngineVersion.Parse(target.Program.Tag) : null) is { } version
            ? CheckRelease(target, EngineReleases.TextGenerationInference, "Text Generation Inference", version)
            : null;
}

/// <summary>Text Embeddings Inference.</summary>
internal sealed class TextEmbeddingsInferenceInjector : HuggingFaceInjector
{
    public override string Name => "tei";

    public override EngineNotes Notes => new("Text Embeddings Inference", "OTLP_ENDPOINT, OTLP_SERVICE_NAME", "", "any");

    public override bool IsImage(ImageReference image) => image.LastPart is "text-embeddings-inference";

    public override bool Recognize(in CommandWords words, out ProgramMatch match)
    {
        match = words.Program(0) is "text-embeddings-router" ? ReadArguments(words, 1) : default;
        return match != default;
    }
}
