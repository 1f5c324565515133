using System.Runtime.CompilerServices;

namespace Spanhook.EndToEnd.ControlPlanes;

/// <summary>
/// Where a real API server comes from, by the conventions of controller-runtime's envtest: <c>KUBEBUILDER_ASSETS</c> names the folder with
/// kube-apiserver and etcd, and with kube-controller-manager where there is one; or a cluster that runs already.
/// </summary>
internal static class Assets
{
    private const string FolderVariable = "KUBEBUILDER_ASSETS";
    private const string KubeconfigVariable = "SPANHOOK_TEST_KUBECONFIG";
    private const string RequiredVariable = "SPANHOOK_TEST_E2E_REQUIRED";
    private const string DefaultFolder = "/usr/local/kubebuilder/bin";

    /// <summary>A cluster of its own for these tests, which runs already and reaches this machine; null for one that they start.</summary>
    public static string? Kubeconfig { get; } = Set(KubeconfigVariable);

    /// <summary>Where the API server of <see cref="Kubeconfig"/> reaches this machine.</summary>
    public static string WebhookHost { get; } = (Kubeconfig is null ? null : Set("SPANHOOK_TEST_WEBHOOK_HOST")) ?? "127.0.0.1";

    public static string Folder { get; } = Set(FolderVariable) ?? DefaultFolder;

    public static string ApiServer => Path.Combine(Folder, "kube-apiserver");

    public static string Etcd => Path.Combine(Folder, "etcd");

    /// <summary>Null when there is none: then the tests make the pods of ReplicaSets themselves.</summary>
    public static string? ControllerManager => File.Exists(Path.Combine(Folder, "kube-controller-manager")) ? Path.Combine(Folder, "kube-controller-manager") : null;

    /// <summary>Why these tests cannot run here; null when they can.</summary>
    public static string? Absent { get; } = WhyAbsent();

    /// <summary>Somebody asked for these tests and no others, as <c>make e2e</c> does.</summary>
    public static bool AreRequired { get; } = Set(RequiredVariable) is not null;

    private static string? WhyAbsent()
    {
        if (Kubeconfig is not null || (File.Exists(ApiServer) && File.Exists(Etcd))) return Kubectl.IsPresent ? null : "kubectl is not on PATH";
        if (!OperatingSystem.IsLinux()) return $"a control plane is started on Linux only: set {KubeconfigVariable} to the kubeconfig of a cluster for tests";
        if (Set(FolderVariable) is null)
            return $"there is no real API server: set {FolderVariable} to a folder with kube-apiserver and etcd (and kube-controller-manager), or {KubeconfigVariable} to the kubeconfig of a cluster for tests";
        return $"{FolderVariable}={Folder} has no {(File.Exists(ApiServer) ? "etcd" : "kube-apiserver")}";
    }

    private static string? Set(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : null;
}

/// <summary>A test that needs a real API server; skipped, with what is missing, where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ClusterFactAttribute : FactAttribute
{
    public ClusterFactAttribute([CallerFilePath] string? sourceFile = null, [CallerLineNumber] int sourceLine = -1)
        : base(sourceFile, sourceLine) => Skip = Assets.Absent;
}

/// <inheritdoc cref="ClusterFactAttribute"/>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ClusterTheoryAttribute : TheoryAttribute
{
    public ClusterTheoryAttribute([CallerFilePath] string? sourceFile = null, [CallerLineNumber] int sourceLine = -1)
        : base(sourceFile, sourceLine) => Skip = Assets.Absent;
}
