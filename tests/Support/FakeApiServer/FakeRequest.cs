namespace Spanhook.Support;

/// <summary>A request as the <see cref="FakeApiServer"/> received it.</summary>
public sealed record FakeRequest
{
    public required string Method { get; init; }
    public required string Path { get; init; }
    public required IReadOnlyDictionary<string, string> Query { get; init; }
    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    /// <summary>As <c>HTTP/2</c>.</summary>
    public required string Protocol { get; init; }

    /// <summary>The subject of the client's certificate.</summary>
    public string? ClientCertificate { get; init; }

    /// <summary>Of a write.</summary>
    public string Body { get; init; } = "";

    public bool IsWatch => Query.ContainsKey("watch");

    /// <summary>The first page of a list, or a whole one.</summary>
    public bool IsList => Method == "GET" && !IsWatch && !Query.ContainsKey("continue");

    public string? Token => Headers.TryGetValue("Authorization", out var value) && value.StartsWith("Bearer ", StringComparison.Ordinal) ? value["Bearer ".Length..] : null;

    public string Header(string name) => Headers.TryGetValue(name, out var value) ? value : "";
}

/// <summary>What happens to a request instead of its answer.</summary>
public sealed record FakeFault
{
    /// <summary>The HTTP status; 0 breaks the connection.</summary>
    public int Status { get; init; }
    public string? Reason { get; init; }
    public int? RetryAfterSeconds { get; init; }

    /// <summary>Sent as it is instead of a Status.</summary>
    public string? Text { get; init; }

    /// <summary>Breaks the connection after so many bytes of the right answer.</summary>
    public int? CutAfterBytes { get; init; }

    /// <summary>Never answers, until the client gives up.</summary>
    public bool Hangs { get; init; }

    public static readonly FakeFault Break = new();

    public static readonly FakeFault Hang = new() { Hangs = true };

    public static FakeFault Answer(int status, string reason, int? retryAfterSeconds = null) => new() { Status = status, Reason = reason, RetryAfterSeconds = retryAfterSeconds };
}
