using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Spanhook.EndToEnd.Support;

/// <summary>Makes one pod after another while certificates change, and keeps what was served, what was published and which pods were missed.</summary>
internal sealed class RotationWatch(TestCluster cluster, Installation webhook)
{
    private readonly HashSet<string> _leaves = new(StringComparer.Ordinal);
    private readonly List<string> _missed = [];

    public int Pods { get; private set; }

    public int Leaves => _leaves.Count;

    /// <summary>The serial numbers of the published authorities, as they stood one after the other.</summary>
    public List<string> Bundles { get; } = [];

    /// <summary>Of the authority that signed what was served last.</summary>
    public string Issuer { get; private set; } = "";

    public string Story => $"{Pods} pods, {Leaves} leaves, caBundle {string.Join(" -> ", Bundles)}, missed: {(_missed.Count == 0 ? "none" : string.Join("; ", _missed.Take(5)))}";

    public bool NoneMissed => _missed.Count == 0;

    /// <summary>One pod after another until this is seen.</summary>
    public async Task UntilAsync(string what, TimeSpan patience, Func<RotationWatch, bool> isSeen)
    {
        try
        {
            await Soon.TrueAsync(what, patience, async () =>
            {
                await StepAsync();
                return isSeen(this);
            });
        }
        catch (TimeoutException e)
        {
            throw new InvalidOperationException($"{e.Message}; {Story}", e);
        }
    }

    private async Task StepAsync()
    {
        await LookAtLeafAsync();
        var bundle = await BundleAsync();
        if (Bundles.Count == 0 || Bundles[^1] != bundle) Bundles.Add(bundle);
        Pods++;
        if (!await webhook.InjectsAsync()) _missed.Add($"pod {Pods}, leaf {Leaves}, caBundle {bundle}");
    }

    private async Task<string> BundleAsync()
    {
        var text = (await cluster.Kubectl.GetAsync("mutatingwebhookconfiguration", Installation.Name))["webhooks"]![0]!["clientConfig"]!["caBundle"]?.GetValue<string>() ?? "";
        var read = new X509Certificate2Collection();
        read.ImportFromPem(Encoding.ASCII.GetString(Convert.FromBase64String(text)));
        return string.Join('+', read.Select(Shown));
    }

    private async Task LookAtLeafAsync()
    {
        using var client = new TcpClient();
        await client.ConnectAsync(webhook.Url.Host, webhook.Url.Port);
        // Whatever it shows is looked at; whether it is trusted is the API server's to say, here by each pod.
        await using var tls = new SslStream(client.GetStream(), leaveInnerStreamOpen: false, (_, certificate, _, _) => certificate is not null);
        await tls.AuthenticateAsClientAsync(webhook.Url.Host);
        var leaf = (X509Certificate2)tls.RemoteCertificate!;
        _leaves.Add(leaf.SerialNumber);
        Issuer = leaf.Issuer[^8..];
    }

    // The last eight letters of an authority's name are its own.
    private static string Shown(X509Certificate2 certificate) => certificate.Subject[^8..];
}
