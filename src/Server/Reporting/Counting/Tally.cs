using Spanhook.Api.Admission;
using Spanhook.Injection.Decision;
using Spanhook.Server.Admission;

namespace Spanhook.Server.Reporting.Counting;

/// <summary>
/// What became of the pods of one policy or Instrumentation. Many threads count, without a lock. Each pod counts once: it was injected, or
/// skipped for the one reason that stands for it. Those that matched are the sum of both, so that the figures always agree.
/// </summary>
internal sealed class Tally(TimeProvider time)
{
    /// <summary>Of an example: NAMESPACE/NAME of the longest names.</summary>
    public const int LongestExample = 317;

    /// <summary>An example is replaced no sooner: its text is the only thing here that allocates.</summary>
    public static readonly TimeSpan ExampleAge = TimeSpan.FromSeconds(1);

    private long _injected;
    private SkipCount? _skips;

    /// <summary>Of the object that is counted for; null until it is known. For the one who reads.</summary>
    public string? Uid { get; set; }

    public long Injected => Interlocked.Read(ref _injected);

    public void AddInjected() => Interlocked.Increment(ref _injected);

    public void AddSkipped(Reason reason, in AdmissionRequest request)
    {
        var skips = Of(reason);
        Interlocked.Increment(ref skips.Count);
        var last = Volatile.Read(ref skips.ExampleAt);
        if (skips.Example is not null && time.GetElapsedTime(last) < ExampleAge) return;
        if (Interlocked.CompareExchange(ref skips.ExampleAt, time.GetTimestamp(), last) == last) skips.Example = NameOf(request);
    }

    /// <summary>Each reason, how often, and a recent example.</summary>
    public IEnumerable<(Reason Reason, long Count, string? Example)> Skipped()
    {
        for (var skips = Volatile.Read(ref _skips); skips is not null; skips = skips.Next) yield return (skips.Reason, Interlocked.Read(ref skips.Count), skips.Example);
    }

    // There are as many as reasons in the catalog, and few of them in practice.
    private SkipCount Of(Reason reason)
    {
        while (true)
        {
            var first = Volatile.Read(ref _skips);
            for (var skips = first; skips is not null; skips = skips.Next)
            {
                if (skips.Reason == reason) return skips;
            }

            var added = new SkipCount(reason, first);
            if (Interlocked.CompareExchange(ref _skips, added, first) == first) return added;
        }
    }

    // Of a pod that is to be named by the API server, what its name begins with.
    private static string NameOf(in AdmissionRequest request)
    {
        var pod = request.Object;
        return AdmissionReviewWriter.Clean($"{request.Namespace}/{pod.Name ?? pod.GenerateName?.TrimEnd('-')}", LongestExample);
    }

    private sealed class SkipCount(Reason reason, SkipCount? next)
    {
#pragma warning disable SA1401, MA0069 // counted in place
        public long Count;
        public long ExampleAt;
#pragma warning restore SA1401, MA0069

        public Reason Reason => reason;
        public SkipCount? Next => next;
        public volatile string? Example;
    }
}
