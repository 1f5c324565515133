using System.Text.Json;

namespace Spanhook.Api.Core;

/// <summary>An environment variable as a custom resource declares it.</summary>
public sealed record EnvVar
{
    public string Name { get; init => field = value ?? ""; } = "";

    /// <summary>The literal value; null when the variable comes by <see cref="ValueFrom"/> (or is empty).</summary>
    public string? Value { get; init; }

    /// <summary>The reference, kept as it was written.</summary>
    public JsonElement? ValueFrom { get; init; }
}
