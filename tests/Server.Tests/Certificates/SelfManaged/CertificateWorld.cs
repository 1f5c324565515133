using System.Security.Cryptography.X509Certificates;
using Spanhook.Server.Certificates.SelfManaged;
using Spanhook.Server.Tests.Support;

namespace Spanhook.Server.Tests.Certificates.SelfManaged;

/// <summary>A cluster with replicas that tick in turn.</summary>
internal sealed class CertificateWorld : IDisposable
{
    private (Secret? Of, CaState State) _state = (null, CaState.Empty);

    public CertificateWorld(int replicas = 1, bool installed = true, SelfManagedOptions? options = null)
    {
        Options = options ?? new SelfManagedOptions();
        Cluster = new FakeCluster(Time);
        if (installed) Cluster.Install();
        for (var i = 0; i < replicas; i++) Start();
    }

    public ManualTime Time { get; } = new();
    public FakeCluster Cluster { get; }
    public SelfManagedOptions Options { get; }
    public List<Replica> Replicas { get; } = [];
    public Replica First => Replicas[0];
    public LogLines Log { get; } = new();

    public CaState State
    {
        get
        {
            // Parsed once for each version.
            if (_state.Of != Cluster.Secret) _state = (Cluster.Secret, CaSecret.Read(Cluster.Secret).State);
            return _state.State;
        }
    }

    public IReadOnlyList<X509Certificate2> Published => CaBundle.Read(Cluster.Configuration!.Webhooks![0].ClientConfig.CaBundle);

    public string Lines => string.Join('\n', Log.All.Select(line => line.Message));

    public Replica Start()
    {
        var replica = new Replica(Cluster, Time, $"spanhook-{Replicas.Count}", Log, Options);
        Replicas.Add(replica);
        return replica;
    }

    /// <summary>Ends every process and starts as many: nothing is remembered but what is in the cluster.</summary>
    public void RestartAll()
    {
        var count = Replicas.Count;
        Replicas.ForEach(replica => replica.Dispose());
        Replicas.Clear();
        for (var i = 0; i < count; i++) Start();
    }

    /// <summary>Lets time pass, with a look of each replica every five seconds. Nobody looks before the first five are over.</summary>
    public async Task PassAsync(TimeSpan time, Action? check = null)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += CertificateKeeper.Poll)
        {
            Time.Advance(CertificateKeeper.Poll);
            foreach (var replica in Replicas)
            {
                await replica.TickAsync();
                check?.Invoke();
            }
        }
    }

    public Task PassAsync(int seconds) => PassAsync(TimeSpan.FromSeconds(seconds));

    /// <summary>Installed, made, published, and served by all.</summary>
    public async Task SettleAsync()
    {
        await PassAsync(10);
        AssertServes();
    }

    /// <summary>Each replica is ready and its chain verifies against what is published.</summary>
    public void AssertServes() => Assert.All(Replicas, replica =>
    {
        Assert.Null(replica.Status.NotReady);
        Assert.True(CaBundle.Verifies(replica.Leaf, Published, "spanhook.spanhook.svc", Time.GetUtcNow()), $"{replica.Identity} serves what caBundle does not vouch for");
    });

    public void Dispose() => Replicas.ForEach(replica => replica.Dispose());
}
