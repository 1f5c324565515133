namespace Spanhook.KubeClient.Configuration;

/// <summary>What the configuration is derived from beside the options; replaced in tests.</summary>
internal sealed record ConfigEnvironment
{
    public static ConfigEnvironment Current => new();

    public Func<string, string?> Variable { get; init; } = Environment.GetEnvironmentVariable;

    public string Home { get; init; } = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    /// <summary>Where the kubelet mounts the service account.</summary>
    public string ServiceAccountFolder { get; init; } = "/var/run/secrets/kubernetes.io/serviceaccount";

    /// <summary>The variable's value; null when it is empty too.</summary>
    public string? this[string name] => Variable(name) is { Length: > 0 } value ? value : null;
}
