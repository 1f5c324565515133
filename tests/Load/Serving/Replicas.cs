using Spanhook.Load.Balancing;
using Spanhook.Load.Generating;
using Spanhook.Load.Pods;
using Spanhook.Load.Scenarios;

namespace Spanhook.Load.Serving;

/// <summary>Several servers with one certificate behind one balancer, as a Deployment behind its Service.</summary>
internal sealed class Replicas : IDisposable
{
    private readonly ScenarioContext _context;
    private readonly string[] _options;
    private readonly Webhook[] _webhooks;

    private Replicas(ScenarioContext context, CertificateFolder certificates, string[] options, int count)
    {
        (_context, Certificates, _options, _webhooks) = (context, certificates, [.. options, "--tls-dir", certificates.Folder], new Webhook[count]);
        Balancer = new Balancer();
    }

    public Balancer Balancer { get; }

    public CertificateFolder Certificates { get; }

    public int Count => _webhooks.Length;

    public Webhook this[int index] => _webhooks[index];

    public static async Task<Replicas> StartAsync(ScenarioContext context, int count, CancellationToken cancellation, params string[] options)
    {
        var replicas = new Replicas(context, new CertificateFolder(Directory.CreateTempSubdirectory("spanhook-certificates-").FullName), options, count);
        for (var i = 0; i < count; i++)
        {
            await replicas.StartAsync(i, cancellation);
            await LoadGenerator.RunAsync(replicas[i].Plan(LoadReviews.Mix(), 300, TimeSpan.FromSeconds(2)), cancellation);
        }

        return replicas;
    }

    /// <summary>Starts that one again, and adds it to the endpoints when it is ready.</summary>
    public async Task StartAsync(int index, CancellationToken cancellation)
    {
        _webhooks[index]?.Dispose();
        _webhooks[index] = await _context.StartAsync(cancellation, _options);
        Balancer.Add(_webhooks[index].Address);
    }

    /// <summary>What two API servers send through the Service: most of it on connections that they keep, some on new ones.</summary>
    public LoadPlan[] Plans(double rate) =>
    [
        Plan(LoadReviews.Mix(), rate * 0.9),
        Plan(LoadReviews.Mix(keepAlive: false), rate * 0.1) with { Connections = 2 },
    ];

    public LoadPlan Plan(ReviewMix mix, double rate) => _webhooks[0].Plan(mix, rate, TimeSpan.FromSeconds(1)) with { Server = Balancer.Address };

    public void Dispose()
    {
        Balancer.Dispose();
        Certificates.Dispose();
        foreach (var webhook in _webhooks) webhook?.Dispose();
    }
}
