namespace Spanhook.Server.Certificates.SelfManaged;

/// <summary>Names and lives of the certificates that the server makes itself in a cluster.</summary>
internal sealed record SelfManagedOptions
{
    /// <summary>The namespace of the server, with its Secret, Lease and Service.</summary>
    public string Namespace { get; init; } = "spanhook";

    /// <summary>The Service that API servers call.</summary>
    public string Service { get; init; } = "spanhook";

    /// <summary>The MutatingWebhookConfiguration whose caBundle is kept.</summary>
    public string WebhookConfiguration { get; init; } = "spanhook";

    /// <summary>The Secret of the authorities.</summary>
    public string CaSecret { get; init; } = "spanhook-ca";

    /// <summary>The Lease that chooses who writes.</summary>
    public string Lease { get; init; } = "spanhook";

    /// <summary>Which replica this is: its name in the Lease.</summary>
    public string Identity { get; init; } = Environment.MachineName;

    /// <summary>Further names of the leaf, DNS or IP.</summary>
    public IReadOnlyList<string> DnsNames { get; init; } = [];

    /// <summary>Of an authority; the next one is made when two thirds of it are over.</summary>
    public TimeSpan CaLifetime { get; init; } = TimeSpan.FromDays(365);

    /// <summary>Of the serving certificate, which is renewed when two thirds of it are over.</summary>
    public TimeSpan LeafLifetime { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How long a new authority must have stood in caBundle before anything is signed by it: API servers learn of it by watch.</summary>
    public TimeSpan CaPublishDelay { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long the old authority stays in caBundle after the new one signs; also, after what silence a replica counts as gone.</summary>
    public TimeSpan CaRetireDelay { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Every name that the Service has, and those asked for.</summary>
    public IReadOnlyList<string> LeafNames => [$"{Service}.{Namespace}.svc", $"{Service}.{Namespace}.svc.cluster.local", $"{Service}.{Namespace}", Service, .. DnsNames];
}
