using System.Security.Cryptography.X509Certificates;
using Spanhook.Server.Certificates;
using Spanhook.Server.Certificates.SelfManaged;
using Spanhook.Server.Tests.Support;

namespace Spanhook.Server.Tests.Certificates.SelfManaged;

/// <summary>One replica of the server, as far as its certificates go; ticked by hand.</summary>
internal sealed class Replica : IDisposable
{
    private readonly CertificateKeeper _keeper;
    private readonly KeeperParts _parts;

    public Replica(FakeCluster cluster, ManualTime truth, string identity, LogLines? log = null, SelfManagedOptions? options = null)
    {
        (Identity, Log) = (identity, log ?? new LogLines());
        Clock = new SkewedTime(truth);
        Api = new FakeCertificateApi(cluster);
        var own = (options ?? new SelfManagedOptions()) with { Identity = identity };
        Status = new CertificateStatus(own.WebhookConfiguration, Log.For<CertificateStatus>(), Clock);
        Source = new ManagedCertificateSource(own, Log.For<ManagedCertificateSource>(), Clock);
        _parts = KeeperParts.Create(Api, own, Source, Status, Log.For<CertificateKeeper>(), Clock);
        _keeper = new CertificateKeeper(_parts, Log.For<CertificateKeeper>(), Clock);
    }

    public string Identity { get; }
    public LogLines Log { get; }
    public SkewedTime Clock { get; }
    public FakeCertificateApi Api { get; }
    public CertificateStatus Status { get; }
    public ManagedCertificateSource Source { get; }

    public X509Certificate2 Leaf => ((ICertificateSource)Source).Presented ?? throw new InvalidOperationException($"{Identity} serves nothing");

    public bool IsReady => Status.NotReady is null;

    public Task<TimeSpan> TickAsync() => _keeper.TickAsync(TestContext.Current.CancellationToken);

    public Task ReleaseAsync() => _parts.Lease.ReleaseAsync(TestContext.Current.CancellationToken);

    /// <summary>The messages so far.</summary>
    public string Lines => string.Join('\n', Log.All.Select(line => line.Message));

    public void Dispose()
    {
        _keeper.Dispose();
        Source.Dispose();
    }
}
