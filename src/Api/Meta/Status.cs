namespace Spanhook.Api.Meta;

/// <summary>What an API server answers instead of an object: an error, or that something was done.</summary>
public sealed record Status
{
    public string? Message { get; init; }

    /// <summary>For programs: <c>NotFound</c>, <c>Conflict</c>, <c>Expired</c> …</summary>
    public string? Reason { get; init; }

    /// <summary>The HTTP status.</summary>
    public int? Code { get; init; }
    public StatusDetails? Details { get; init; }
}

/// <summary>Details of a <see cref="Status"/>.</summary>
public sealed record StatusDetails
{
    /// <summary>When to try again.</summary>
    public int? RetryAfterSeconds { get; init; }
}

/// <summary>The <c>metadata</c> of a list.</summary>
public sealed record ListMeta
{
    public string? ResourceVersion { get; init; }

    /// <summary>Asks for the next page; absent or empty on the last one.</summary>
    public string? Continue { get; init; }
}
