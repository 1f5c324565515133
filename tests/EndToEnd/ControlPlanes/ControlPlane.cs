namespace Spanhook.EndToEnd.ControlPlanes;

/// <summary>etcd, kube-apiserver and, where given, kube-controller-manager, on free ports of loopback with a folder that is removed.</summary>
internal sealed class ControlPlane : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private const string ServiceAccountIssuer = "https://kubernetes.default.svc";

    // What the webhook asks of the API server, once each has been answered; nothing else.
    private const string AuditPolicy = $$"""
        apiVersion: audit.k8s.io/v1
        kind: Policy
        omitStages: [RequestReceived, ResponseStarted]
        rules:
        - level: Metadata
          users: ["{{Installation.User}}"]
        - level: None
        """;

    private readonly RunFolder _folder;
    private readonly Authority _authority;
    private readonly int _port = Loopback.FreePort();
    private readonly KeyPair _serving;
    private readonly KeyPair _admin;
    private readonly KeyPair _tokens;
    private Etcd? _etcd;
    private ChildProcess? _apiServer;
    private ChildProcess? _controllerManager;

    private ControlPlane(RunFolder folder)
    {
        _folder = folder;
        _authority = new Authority(folder.Path);
        _serving = _authority.IssueServer("kube-apiserver");
        _admin = _authority.IssueAdmin();
        _tokens = _authority.IssueServiceAccountKeys();
        var kubeconfig = folder.File("admin.kubeconfig");
        KubeconfigFile.Write(kubeconfig, Address, _authority.CertificatePem, new JsonObject { ["client-certificate"] = _admin.PublicFile, ["client-key"] = _admin.KeyFile });
        Admin = new Kubectl(kubeconfig);
        File.WriteAllText(folder.File("audit-policy.yaml"), AuditPolicy);
    }

    public Uri Address => new($"https://127.0.0.1:{_port}");

    public byte[] CaPem => _authority.CertificatePem;

    /// <summary>kubectl of somebody who may do everything.</summary>
    public Kubectl Admin { get; }

    public Etcd Etcd => _etcd!;

    /// <summary>What the webhook has asked so far, oldest first.</summary>
    public IReadOnlyList<AuditEvent> Audit()
    {
        if (!File.Exists(AuditLog)) return [];
        using var log = new StreamReader(new FileStream(AuditLog, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        // The last line of a killed API server may have no end.
        return [.. log.ReadToEnd().Split('\n').Where(line => line.EndsWith('}')).Select(line => AuditEvent.From(JsonNode.Parse(line)!))];
    }

    private string AuditLog => _folder.File("audit.log");

    public bool HasControllers => _controllerManager is not null;

    public static async Task<ControlPlane> StartAsync(RunFolder folder)
    {
        var plane = new ControlPlane(folder);
        try
        {
            plane._etcd = await Etcd.StartAsync(folder.File("etcd"));
            await plane.StartApiServerAsync();
            if (Assets.ControllerManager is { } program) plane._controllerManager = ChildProcess.Start(program, plane.ControllerManagerArguments());
            return plane;
        }
        catch
        {
            await plane.DisposeAsync();
            throw;
        }
    }

    /// <summary>Without a word to its clients, as when its machine dies.</summary>
    public async Task KillApiServerAsync()
    {
        if (_apiServer is not null) await _apiServer.DisposeAsync();
        _apiServer = null;
    }

    /// <summary>On the same port, with the same data.</summary>
    public async Task StartApiServerAsync()
    {
        _apiServer = ChildProcess.Start(Assets.ApiServer, ApiServerArguments());
        await Soon.TrueAsync("kube-apiserver is ready", Patience, async () =>
        {
            _apiServer.ThrowIfEnded();
            return (await Admin.TryAsync("get", "--raw", "/readyz")).Succeeded;
        });
    }

    public async ValueTask DisposeAsync()
    {
        if (_controllerManager is not null) await _controllerManager.DisposeAsync();
        await KillApiServerAsync();
        if (_etcd is not null) await _etcd.DisposeAsync();
        _authority.Dispose();
    }

    private string[] ApiServerArguments() =>
    [
        "--etcd-servers=" + _etcd!.Address,
        "--bind-address=127.0.0.1",
        "--advertise-address=127.0.0.1",
        "--secure-port=" + _port,
        "--tls-cert-file=" + _serving.PublicFile,
        "--tls-private-key-file=" + _serving.KeyFile,
        "--client-ca-file=" + _authority.CertificateFile,
        "--authorization-mode=RBAC",
        "--service-account-issuer=" + ServiceAccountIssuer,
        "--service-account-key-file=" + _tokens.PublicFile,
        "--service-account-signing-key-file=" + _tokens.KeyFile,
        "--service-cluster-ip-range=10.0.0.0/24",
        "--allow-privileged=true",
        "--endpoint-reconciler-type=none",
        "--etcd-compaction-interval=0", // the tests say when
        "--profiling=false",
        "--audit-policy-file=" + _folder.File("audit-policy.yaml"),
        "--audit-log-path=" + AuditLog,
    ];

    private string[] ControllerManagerArguments() =>
    [
        "--kubeconfig=" + Admin.Kubeconfig,
        "--controllers=deployment-controller,replicaset-controller,namespace-controller,serviceaccount-controller,root-ca-certificate-publisher-controller,garbage-collector-controller,statefulset-controller",
        "--use-service-account-credentials=true", // the ReplicaSet controller creates pods as itself
        "--leader-elect=false",
        "--secure-port=0",
        "--root-ca-file=" + _authority.CertificateFile,
        "--cert-dir=" + _folder.File("controller-manager"),
    ];
}
