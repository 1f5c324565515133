using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Spanhook.Api.Admission;
using Spanhook.Injection;
using Spanhook.Injection.Cluster;
using Spanhook.Injection.Decision;
using Spanhook.Server.Cluster;
using Spanhook.Server.Hosting;
using Spanhook.Server.Telemetry;

namespace Spanhook.Server.Admission;

/// <summary>Decides on one pod; <see cref="PodInjector.Inject"/>, or what a test puts in its place.</summary>
internal delegate InjectionResult Inject(in InjectionRequest request, ClusterSnapshot cluster, IBufferWriter<byte> patch);

/// <summary>
/// One AdmissionReview in, one out, without HTTP. The only catch-all of the server: whatever fails inside, the pod is allowed, unpatched, with
/// a warning that names the request.
/// </summary>
internal sealed class AdmissionHandler(Inject inject, ClusterCache cache, AdmissionTelemetry telemetry, TimeProvider time)
{
    /// <summary>A pod has less than 3 MiB in etcd; what is larger is not looked at.</summary>
    public const int MaxInjectedReview = 3_670_016;

    private const int MaxOperations = 256;
    private const int MaxPatch = 262_144;
    private const int MaxCodes = 1024;

    /// <summary>Answers a review.</summary>
    /// <param name="body">The request's body.</param>
    /// <param name="output">Gets the answer.</param>
    /// <returns>Null when an answer was written; else why there can be none, which is a 400.</returns>
    public string? Handle(in ReadOnlySequence<byte> body, PooledBufferWriter output)
    {
        var started = time.GetTimestamp();
        if (body.Length > MaxInjectedReview && AdmissionReviewReader.FindUid(body) is { } large)
            return Answer(output, [], Whole(Reasons.ReviewTooLarge), new() { Uid = large, Started = started });

        using var review = AdmissionReviewReader.Read(body);
        if (review.Uid is null) return review.Problem;
        if (review.Document is null) return Answer(output, [], Whole(Reasons.PodInvalid, review.Problem), new() { Uid = review.Uid, Started = started });
        return HandleRequest(review, output, started);
    }

    /// <summary>Answers a review, or the beginning of one, without looking at its pod; returns as <see cref="Handle"/> does.</summary>
    public string? AnswerUnpatched(in ReadOnlySequence<byte> body, Reason reason, PooledBufferWriter output) => AdmissionReviewReader.FindUid(body) is { } uid
        ? Answer(output, [], Whole(reason), new() { Uid = uid, Started = time.GetTimestamp() })
        : "the body is no AdmissionReview with a uid";

    private string? HandleRequest(in ReadReview review, PooledBufferWriter output, long started)
    {
        var of = new Answering { Uid = review.Uid!, Started = started, Request = new AdmissionRequest(review.Request) };
        using var patch = new PooledBufferWriter(4096, MaxPatch);
        try
        {
            var result = Inject(review.Document!, of.Request, patch);
            return Answer(output, result.IsInjected ? patch.WrittenSpan : [], result, of);
        }
#pragma warning disable CA1031 // the one place where everything is caught: a bug of ours must not cost anybody a pod
        catch (Exception e)
#pragma warning restore CA1031
        {
            output.Clear();
            return Answer(output, [], Whole(Reasons.InternalError, $"the request was {of.Uid}"), new() { Uid = of.Uid, Started = started, Failure = e });
        }
    }

    private InjectionResult Inject(JsonDocument document, AdmissionRequest request, PooledBufferWriter patch)
    {
        try
        {
            var result = inject(InjectionRequest.From(request), cache.Current, patch);
            if (result.Operations > MaxOperations || patch.WrittenCount > MaxPatch)
                return Instead(Reasons.PatchTooLarge, $"{result.Operations} operations, {patch.WrittenCount} bytes; at most {MaxOperations} and {MaxPatch}") with { Policies = result.Policies };
            return result.IsInjected && AmbiguousJson.Find(document.RootElement) is { } problem ? Instead(Reasons.PodInvalid, problem) with { Policies = result.Policies } : result;
        }
        catch (BufferLimitException)
        {
            return Instead(Reasons.PatchTooLarge, $"more than {MaxPatch} bytes");
        }

        InjectionResult Instead(Reason reason, string detail)
        {
            patch.Clear();
            return Whole(reason, detail);
        }
    }

    private string? Answer(PooledBufferWriter output, ReadOnlySpan<byte> patch, InjectionResult result, in Answering of)
    {
        var wasAsked = result.Decisions.Count > 1 || result.Decisions[0].Reason != Reasons.NotRequested;
        var codes = wasAsked ? Codes(result) : null;
        AdmissionReviewWriter.Write(output, of.Uid, patch, wasAsked && Warns(result) ? result.Warnings : [], codes);
        telemetry.Record(AdmissionOutcome.Answered(of.Uid, result) with
        {
            Request = of.Request,
            Decisions = codes,
            PatchBytes = patch.Length,
            Elapsed = time.GetElapsedTime(of.Started),
            Failure = of.Failure,
        });
        return null;
    }

    private static InjectionResult Whole(Reason reason, string? detail = null) => new() { Decisions = [new(reason, Detail: detail)] };

    /// <summary>The decisions in one line: <c>java/app=injected,python=container_not_found</c>.</summary>
    private static string Codes(InjectionResult result)
    {
        if (result.Decisions is [{ Injector: null } whole]) return whole.Reason.Code;
        var line = new DefaultInterpolatedStringHandler(0, 0, CultureInfo.InvariantCulture, stackalloc char[256]);
        for (var i = 0; i < result.Decisions.Count; i++)
        {
            var decision = result.Decisions[i];
            if (i > 0) line.AppendLiteral(",");
            line.AppendFormatted(decision.Injector);
            if (decision.Container is not null) line.AppendLiteral("/");
            line.AppendFormatted(decision.Container);
            if (decision.Injector is not null) line.AppendLiteral("=");
            line.AppendLiteral(decision.Reason.Code);
        }

        return AdmissionReviewWriter.Clean(line.ToStringAndClear(), MaxCodes);
    }

    private static bool Warns(InjectionResult result)
    {
        for (var i = 0; i < result.Decisions.Count; i++)
        {
            if (result.Decisions[i].Reason.Severity == Severity.Warning) return true;
        }

        return false;
    }

    /// <summary>Of the review that is being answered.</summary>
    private readonly ref struct Answering
    {
        public required string Uid { get; init; }
        public required long Started { get; init; }
        public AdmissionRequest Request { get; init; }
        public Exception? Failure { get; init; }
    }
}
