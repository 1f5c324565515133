using Spanhook.Api.Core;
using Spanhook.Injection.Drafting;

namespace Spanhook.Injection.Injectors.Languages;

/// <summary>Only the SDK's environment, for an application that brings its own instrumentation.</summary>
internal sealed class SdkInjector : IInjector
{
    public string Name => "sdk";
    public bool SupportsInitContainers => true;

    // The application's SDK may be of any language.
    public string? DefaultProtocol => null;

    public Refusal? Check(InjectionContext context, Container container) => CommonChecks.Check(context, container);

    public void Inject(PodDraft draft, InjectionContext context)
    {
        foreach (var target in context.Targets)
        {
            var container = draft.Container(target);
            SdkEnvironment.AddCommon(container.Env, context.Instrumentation);
            SdkEnvironment.Configure(container.Env, context, container.View);
            SdkEnvironment.AddCertificateVolumes(draft, container.Mounts, context.Instrumentation);
        }
    }
}
