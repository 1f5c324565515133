using System.Net;
using Spanhook.Api.Meta;

namespace Spanhook.KubeClient;

/// <summary>The API server refused, or could not be asked.</summary>
public sealed class ApiServerException : Exception
{
    /// <summary>The reason of a request that got no answer: no connection, no trust, no answer in time.</summary>
    public const string Unreachable = "Unreachable";

    /// <summary>The reason of an answer that is not what was asked for.</summary>
    public const string InvalidAnswer = "InvalidAnswer";

    public ApiServerException(int status, string? reason, string message, TimeSpan? retryAfter = null, Exception? inner = null)
        : base(message, inner) => (Status, Reason, RetryAfter) = (status, reason, retryAfter);

    /// <summary>The HTTP status; 0 when there was no answer.</summary>
    public int Status { get; }

    /// <summary>As Kubernetes names it: <c>NotFound</c>, <c>Conflict</c>, <c>AlreadyExists</c>, <c>Forbidden</c>, <c>Expired</c> …; or <see cref="Unreachable"/>.</summary>
    public string? Reason { get; }

    /// <summary>When the server wants to be asked again; null when it did not say.</summary>
    public TimeSpan? RetryAfter { get; }

    /// <summary>What was asked for is no longer to be had: a resource version or a page that was compacted away. In all its spellings.</summary>
    internal bool IsGone => Status == (int)HttpStatusCode.Gone || Reason is "Gone" or "Expired";

    /// <summary>The error that a <see cref="Api.Meta.Status"/> means.</summary>
    /// <param name="status">As read.</param>
    /// <param name="code">The HTTP status it came with; counts when it names none itself.</param>
    /// <param name="what">What was asked for, for people.</param>
    /// <param name="retryAfter">Of the header.</param>
    internal static ApiServerException From(Status status, int code, string what, TimeSpan? retryAfter = null)
    {
        var number = status.Code is > 0 ? status.Code.Value : code;
        var reason = string.IsNullOrEmpty(status.Reason) ? ReasonOf(number) : status.Reason;
        var wait = retryAfter ?? (status.Details?.RetryAfterSeconds is > 0 ? TimeSpan.FromSeconds(status.Details.RetryAfterSeconds.Value) : null);
        return new ApiServerException(number, reason, $"{what}: {number} {reason}{(string.IsNullOrEmpty(status.Message) ? "" : ": " + status.Message)}", wait);
    }

    private static string ReasonOf(int code) => code switch
    {
        400 => "BadRequest",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "NotFound",
        405 => "MethodNotAllowed",
        406 => "NotAcceptable",
        409 => "Conflict",
        410 => "Gone",
        413 => "RequestEntityTooLarge",
        415 => "UnsupportedMediaType",
        422 => "Invalid",
        429 => "TooManyRequests",
        500 => "InternalError",
        503 => "ServiceUnavailable",
        504 => "Timeout",
        _ => "Unknown",
    };
}
