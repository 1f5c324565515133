namespace Spanhook.EndToEnd;

/// <summary>The one control plane of all tests. Nothing is started where they cannot run.</summary>
public sealed class TestCluster : IAsyncLifetime
{
    private RunFolder? _folder;
    private ControlPlane? _plane;
    private Task? _definitions;
    private Task<Installation>? _installation;
    private int _names;

    /// <summary>kubectl of somebody who may do everything.</summary>
    internal Kubectl Kubectl { get; private set; } = null!;

    /// <summary>For tests that break it; they are skipped on a cluster that was given.</summary>
    internal ControlPlane OwnControlPlane
    {
        get
        {
            Assert.SkipWhen(_plane is null, "the control plane is not ours to break: SPANHOOK_TEST_KUBECONFIG is set");
            return _plane!;
        }
    }

    /// <summary>Whether somebody makes pods of Deployments.</summary>
    internal bool HasControllers => _plane?.HasControllers ?? true;

    internal string File(string name) => _folder!.File(name);

    public async ValueTask InitializeAsync()
    {
        if (Assets.Absent is not null) return;
        _folder = new RunFolder();
        if (Assets.Kubeconfig is { } kubeconfig)
        {
            Kubectl = new Kubectl(kubeconfig);
            return;
        }

        _plane = await ControlPlane.StartAsync(_folder);
        Kubectl = _plane.Admin;
    }

    public async ValueTask DisposeAsync()
    {
        if (_installation is { IsCompletedSuccessfully: true }) await (await _installation).DisposeAsync();
        if (_plane is not null) await _plane.DisposeAsync();
        _folder?.Dispose();
    }

    /// <summary>The CRDs, once.</summary>
    internal Task InstallDefinitionsAsync() => _definitions ??= ApplyDefinitionsAsync();

    /// <summary>The CRDs, after one was deleted.</summary>
    internal Task ReinstallDefinitionsAsync() => _definitions = ApplyDefinitionsAsync();

    /// <summary>Spanhook in this cluster, running with these options besides its usual ones.</summary>
    internal async Task<Installation> RunWebhookAsync(params string[] options)
    {
        var installed = await (_installation ??= Installation.InstallAsync(this));
        await installed.RunAsync(options);
        return installed;
    }

    /// <summary>A name that no other test has.</summary>
    internal string NewName(string stem) => $"{stem}-{Interlocked.Increment(ref _names)}";

    private async Task ApplyDefinitionsAsync()
    {
        await Kubectl.RunAsync("apply", "--server-side", "-k", RepositoryRoot.PathOf("deploy", "crds"));
        await Kubectl.RunAsync("wait", "--for=condition=Established", "--timeout=30s", "crd/instrumentations.opentelemetry.io", "crd/tracingpolicies.spanhook.dev");
    }
}
