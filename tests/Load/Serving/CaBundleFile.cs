using System.Security.Cryptography.X509Certificates;

namespace Spanhook.Load.Serving;

/// <summary>
/// The caBundle of the webhook configuration, copied into a file whenever it changes: what API servers trust at this moment. They hear of a change
/// some time later, and so does the file.
/// </summary>
internal sealed class CaBundleFile(FakeCluster cluster, string file, TimeSpan delay)
{
    /// <summary>Authorities that were in it so far.</summary>
    public HashSet<string> Seen { get; } = new(StringComparer.Ordinal);

    public string File => file;

    /// <summary>Until it is cancelled.</summary>
    public async Task FollowAsync(CancellationToken cancellation)
    {
        var written = "";
        try
        {
            while (true)
            {
                var bundle = Current();
                if (bundle.Length > 0 && bundle != written)
                {
                    if (written.Length > 0) await Task.Delay(delay, cancellation);
                    await WriteAsync(bundle, cancellation);
                    written = bundle;
                }

                await Task.Delay(100, cancellation);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // It was to end.
        }
    }

    private string Current()
    {
        var encoded = cluster.Configurations.Find("spanhook")?["webhooks"]?[0]?["clientConfig"]?["caBundle"]?.GetValue<string>();
        return encoded is null ? "" : System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(encoded));
    }

    private async Task WriteAsync(string bundle, CancellationToken cancellation)
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPem(bundle);
        foreach (var authority in authorities)
        {
            Seen.Add(authority.Thumbprint);
            authority.Dispose();
        }

        // Whoever reads it meanwhile gets all of the old one.
        await System.IO.File.WriteAllTextAsync(file + ".next", bundle, cancellation);
        System.IO.File.Move(file + ".next", file, overwrite: true);
    }
}
