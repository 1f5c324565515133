using Spanhook.KubeClient;
using Spanhook.Server.Certificates.SelfManaged;
using Spanhook.Server.Tests.Support;

namespace Spanhook.Server.Tests.Certificates.SelfManaged;

/// <summary>The objects of an API server, with its optimistic concurrency, and everything that they ever were.</summary>
internal sealed class FakeCluster(ManualTime time)
{
    private readonly List<(DateTimeOffset At, Secret? Object)> _secrets = [];
    private readonly List<(DateTimeOffset At, WebhookConfiguration? Object)> _configurations = [];
    private int _version;

    public Lease? Lease { get; private set; }

    public Secret? Secret => SecretAsOf(TimeSpan.Zero);

    public WebhookConfiguration? Configuration => ConfigurationAsOf(TimeSpan.Zero);

    /// <summary>Every bundle that an API server may still have which learns of changes this late; before the first nobody could be served.</summary>
    public IEnumerable<byte[]> BundlesWithin(TimeSpan delay)
    {
        for (var i = _configurations.Count - 1; i >= 0; i--)
        {
            foreach (var entry in _configurations[i].Object?.Webhooks ?? [])
            {
                if (entry.ClientConfig.CaBundle is { } bundle) yield return bundle;
            }

            if (time.GetUtcNow() - _configurations[i].At > delay) break;
        }
    }

    public Secret? SecretAsOf(TimeSpan age) => AsOf(_secrets, age);

    public WebhookConfiguration? ConfigurationAsOf(TimeSpan age) => AsOf(_configurations, age);

    /// <summary>As somebody with all rights would.</summary>
    public void Put(Secret? secret) => _secrets.Add((time.GetUtcNow(), secret?.With(new Dictionary<string, byte[]?>(StringComparer.Ordinal), new Dictionary<string, string?>(StringComparer.Ordinal)) is { } copy ? Versioned(copy) : null));

    public void Put(WebhookConfiguration? configuration) =>
        _configurations.Add((time.GetUtcNow(), configuration is null ? null : configuration with { Metadata = configuration.Metadata with { ResourceVersion = NextVersion() } }));

    /// <summary>An empty Secret and a configuration without caBundle, as they are shipped.</summary>
    public void Install()
    {
        Put(new Secret { Metadata = new() { Name = "spanhook-ca", Namespace = "spanhook" }, Type = "Opaque" });
        Put(Configured(null));
    }

    public static WebhookConfiguration Configured(byte[]? bundle) => new()
    {
        Metadata = new() { Name = "spanhook" },
        Webhooks = [new() { Name = "pods.spanhook.dev", ClientConfig = new() { CaBundle = bundle, Service = new("spanhook", "spanhook") } }],
    };

    /// <summary>Changes entries of the Secret's data; null takes one away.</summary>
    public void Edit(params (string Key, byte[]? Value)[] data) => Put(Secret!.With(data.ToDictionary(entry => entry.Key, entry => entry.Value, StringComparer.Ordinal), new Dictionary<string, string?>(StringComparer.Ordinal)));

    public void AskToRotate() => Put(Secret!.With(new Dictionary<string, byte[]?>(StringComparer.Ordinal), new Dictionary<string, string?>(StringComparer.Ordinal) { [CaWriter.RotateAnnotation] = "now" }));

    public Secret Create(Secret secret)
    {
        if (Secret is not null) throw new ApiServerException(409, "AlreadyExists", "secret exists");
        Put(secret);
        return Secret!;
    }

    public Secret Replace(Secret secret)
    {
        if (Secret is not { } current) throw new ApiServerException(404, "NotFound", "no secret");
        if (secret.Metadata.ResourceVersion != current.Metadata.ResourceVersion) throw new ApiServerException(409, "Conflict", "the secret has been modified");
        Put(secret);
        return Secret!;
    }

    public Lease Create(Lease lease)
    {
        if (Lease is not null) throw new ApiServerException(409, "AlreadyExists", "lease exists");
        return Lease = lease with { Metadata = lease.Metadata with { ResourceVersion = NextVersion() } };
    }

    public Lease Replace(Lease lease)
    {
        if (lease.Metadata.ResourceVersion != Lease?.Metadata.ResourceVersion) throw new ApiServerException(409, "Conflict", "the lease has been modified");
        return Lease = lease with { Metadata = lease.Metadata with { ResourceVersion = NextVersion() } };
    }

    public void Apply(WebhookConfiguration read, byte[] bundle)
    {
        if (Configuration is not { } current || current.Metadata.ResourceVersion != read.Metadata.ResourceVersion) throw new ApiServerException(409, "Conflict", "the configuration has been modified");
        Put(current with { Webhooks = [.. current.Webhooks!.Select(entry => entry with { ClientConfig = entry.ClientConfig with { CaBundle = bundle } })] });
    }

    private T? AsOf<T>(List<(DateTimeOffset At, T? Object)> versions, TimeSpan age)
        where T : class => versions.FindLast(version => version.At <= time.GetUtcNow() - age).Object;

    private Secret Versioned(Secret secret) => new()
    {
        Metadata = secret.Metadata with { ResourceVersion = NextVersion() },
        Type = secret.Type,
        Data = secret.Data,
        Others = secret.Others,
    };

    private string NextVersion() => (++_version).ToString(System.Globalization.CultureInfo.InvariantCulture);
}
