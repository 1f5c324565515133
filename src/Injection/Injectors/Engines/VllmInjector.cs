using Spanhook.Api.Core;
using Spanhook.Injection.Decision;
using Spanhook.Injection.Drafting;

namespace Spanhook.Injection.Injectors.Engines;

internal sealed class VllmInjector : IInjector
{
    public string Name => "vllm";
    public bool SupportsInitContainers => true;
    public bool IsEngine => true;
    public string? DefaultProtocol => OtlpEndpoint.Grpc;
    public Refusal? Check(InjectionContext context, Container container) => new(Reasons.EngineNotFound);
    public void Inject(PodDraft draft, InjectionContext context) { }
}
