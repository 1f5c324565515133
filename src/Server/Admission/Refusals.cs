using Spanhook.Injection.Decision;

namespace Spanhook.Server.Admission;

/// <summary>The closed list of reasons for which a request is refused instead of answered. One per status: the caller's text never names a metric.</summary>
internal static class Refusals
{
    public static readonly Reason ReviewInvalid = new("review_invalid", "the body could not be read, or is no AdmissionReview that can be answered");
    public static readonly Reason BodyTooSlow = new("body_too_slow", "the body did not come in time");
    public static readonly Reason BodyTooLarge = new("body_too_large", "the body is too large");
    public static readonly Reason MediaTypeUnsupported = new("media_type_unsupported", "the body is no JSON, or compressed");
    public static readonly Reason RequestInvalid = new("request_invalid", "the request breaks the rules of HTTP");

    public static IReadOnlyList<Reason> All { get; } = [ReviewInvalid, BodyTooSlow, BodyTooLarge, MediaTypeUnsupported, RequestInvalid];

    public static Reason Of(int status) => status switch
    {
        StatusCodes.Status400BadRequest => ReviewInvalid,
        StatusCodes.Status408RequestTimeout => BodyTooSlow,
        StatusCodes.Status413PayloadTooLarge => BodyTooLarge,
        StatusCodes.Status415UnsupportedMediaType => MediaTypeUnsupported,
        _ => RequestInvalid,
    };
}
