using Spanhook.Injection.Injectors;

namespace Spanhook.Injection;

/// <summary>The names by which an API server can tell, without the webhook, who asked for what and what was done.</summary>
public static class EnforcementNames
{
    /// <summary>What every annotation that asks for injection, or refuses it, begins with.</summary>
    public static string RequestPrefix => Annotations.Prefix + Annotations.Inject("");

    /// <summary>Annotation and label of every pod that was edited: <c>INJECTOR/CONTAINER=SOURCE</c>, and <c>true</c>.</summary>
    public static string Marker => Annotations.Marker;

    /// <summary>A variable that every container gets that is injected into.</summary>
    public static string Variable => SdkEnvironment.PodNameVariable;

    /// <summary>Injectors that mark the container they watch and put the variable into one of their own.</summary>
    public static IReadOnlyList<string> Watchers { get; } = ["go"];

    /// <summary>What our labels begin with.</summary>
    public const string LabelPrefix = "spanhook.dev/";

    /// <summary>On a Namespace, <c>"true"</c>: pods without tracing are refused, or reported.</summary>
    public const string RequireInjection = LabelPrefix + "require-injection";

    /// <summary>On a Namespace, <c>"true"</c>: an opt-out needs a permission.</summary>
    public const string GuardOptOut = LabelPrefix + "guard-opt-out";

    /// <summary>On a pod: it need not be injected. Needs a permission.</summary>
    public const string Exempt = LabelPrefix + "exempt";

    /// <summary>Containers that nobody means who names none.</summary>
    public static IReadOnlyList<string> KnownSidecars => Decision.ContainerSelector.KnownSidecars;

    /// <summary>Names the container that is meant where none is named.</summary>
    public static string DefaultContainer => Annotations.DefaultContainer;

    /// <summary>On a pod: its service name.</summary>
    public static string ServiceName => Annotations.ResourcePrefix + "service.name";

    /// <summary>The annotation of a mirror pod.</summary>
    public static string MirrorPod => Annotations.MirrorPod;
}
