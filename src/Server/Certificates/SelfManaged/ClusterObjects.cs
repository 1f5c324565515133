using System.Text.Json;
using System.Text.Json.Serialization;

namespace Spanhook.Server.Certificates.SelfManaged;

/// <summary><c>metadata</c> as it was read: what is not known here goes back unchanged.</summary>
internal sealed record ObjectHead
{
    public string Name { get; init; } = "";
    public string? Namespace { get; init; }
    public string? ResourceVersion { get; init; }
    public Dictionary<string, string>? Annotations { get; init; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }
}

/// <summary>The Secret that holds the authorities. No record: its text would show the keys.</summary>
internal sealed class Secret
{
    public string ApiVersion { get; init; } = "v1";
    public string Kind { get; init; } = "Secret";
    public ObjectHead Metadata { get; init; } = new();
    public string? Type { get; init; }
    public Dictionary<string, byte[]>? Data { get; init; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }

    public string? Annotation(string key) => Metadata.Annotations?.GetValueOrDefault(key);

    public Secret With(IReadOnlyDictionary<string, byte[]?> data, IReadOnlyDictionary<string, string?> annotations) => new()
    {
        ApiVersion = ApiVersion,
        Kind = Kind,
        Metadata = Metadata with { Annotations = Merged(Metadata.Annotations, annotations) },
        Type = Type,
        Data = Merged(Data, data),
        Others = Others,
    };

    // Null takes an entry away; entries of others stay.
    private static Dictionary<string, T> Merged<T>(Dictionary<string, T>? from, IReadOnlyDictionary<string, T?> changes)
        where T : class
    {
        var merged = new Dictionary<string, T>(from ?? [], StringComparer.Ordinal);
        foreach (var (key, value) in changes)
        {
            if (value is null) merged.Remove(key);
            else merged[key] = value;
        }

        return merged;
    }
}

/// <summary><c>coordination.k8s.io/v1</c>.</summary>
internal sealed record Lease
{
    public string ApiVersion { get; init; } = "coordination.k8s.io/v1";
    public string Kind { get; init; } = "Lease";
    public ObjectHead Metadata { get; init; } = new();
    public LeaseSpec? Spec { get; init; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }
}

internal sealed record LeaseSpec
{
    public string? HolderIdentity { get; init; }
    public int? LeaseDurationSeconds { get; init; }
    public string? AcquireTime { get; init; }
    public string? RenewTime { get; init; }
    public int? LeaseTransitions { get; init; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }
}

/// <summary>What is read of a <c>MutatingWebhookConfiguration</c>. It is never written whole.</summary>
internal sealed record WebhookConfiguration
{
    public ObjectHead Metadata { get; init; } = new();
    public IReadOnlyList<WebhookEntry>? Webhooks { get; init; }
}

internal sealed record WebhookEntry
{
    public string Name { get; init; } = "";
    public WebhookClientConfig ClientConfig { get; init; } = new();
}

internal sealed record WebhookClientConfig
{
    public byte[]? CaBundle { get; init; }
    public string? Url { get; init; }
    public WebhookService? Service { get; init; }

    /// <summary>The name that the API server asks the certificate for.</summary>
    public string? HostName => Service is { } service ? $"{service.Name}.{service.Namespace}.svc" : Uri.TryCreate(Url, UriKind.Absolute, out var url) ? url.IdnHost : null;
}

internal sealed record WebhookService(string Name, string Namespace);

/// <summary>The objects of the API server that the certificates need.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.General, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Secret))]
[JsonSerializable(typeof(Lease))]
[JsonSerializable(typeof(WebhookConfiguration))]
internal sealed partial class CertificateJsonContext : JsonSerializerContext;
