using System.Net;
using System.Net.Http.Headers;
using Spanhook.Load.Generating;
using Spanhook.Load.Pods;
using Spanhook.Load.Serving;

namespace Spanhook.Load.Scenarios.Faults;

/// <summary>The same hostile review thousands of times in a row. It costs little, and what it cost is given back.</summary>
internal sealed class HostileReview(string name, string what, Func<byte[]> make) : IScenario
{
    private const int Large = 1 << 20;
    private const double ExtraMiB = 64;
    private static readonly TimeSpan UntilReturned = TimeSpan.FromSeconds(30);

    public static IEnumerable<IScenario> All => HostileReviews.All.Select(review => new HostileReview(review.Name, review.What, review.Body));

    public string Name => name;

    public string Title => $"{what}, ×10,000 in a row";

    public async Task<ScenarioResult> RunAsync(ScenarioContext context, CancellationToken cancellation)
    {
        var body = make();
        using var webhook = await context.StartWarmAsync(cancellation);
        await LoadGenerator.RunAsync(webhook.Plan(LoadReviews.Mix(), 500, TimeSpan.FromSeconds(5)), cancellation);
        var before = webhook.Figures.ResidentMiB;
        webhook.Figures.ForgetPeak();
        var (times, answers, wrong) = await SendAsync(webhook, body, context.Times(10_000), cancellation);
        var extra = webhook.Process.HasEnded ? double.NaN : webhook.Figures.PeakMiB - before;
        var (returned, after) = await ReturnAsync(webhook, before, cancellation);
        var result = new ScenarioResult()
            .Info("size of the body", body.Length / (double)Large, "MiB")
            .AtLeast("sent", answers.Values.Sum(), "", context.Times(10_000))
            .Exactly("answers that are neither an allowed pod nor a refusal in words", wrong, "", 0)
            .Info("p50", times.Quantile(0.5) / 1000.0, "ms")
            .Info("p99.9", times.Quantile(0.999) / 1000.0, "ms")
            .AtMost("each, the slowest", times.Max / 1000.0, "ms", body.Length <= Large ? 100 : 500)
            .AtMost("extra resident memory at its peak", extra, "MiB", ExtraMiB)
            .AtMost("extra resident memory given back to 16 MiB after", returned, "s", UntilReturned.TotalSeconds)
            .AllAnswered(after, "ordinary pods after: ")
            .Exactly("process ended", webhook.Process.HasEnded ? 1 : 0, "", 0)
            .Note($"Answers: {string.Join(", ", answers.Select(a => $"{a.Value} × {a.Key}"))}. One after the other on one connection; the time is that of the whole exchange.");
        result.Histograms["exchange"] = times;
        return result;
    }

    private static async Task<(Histogram Times, SortedDictionary<string, long> Answers, int Wrong)> SendAsync(Webhook webhook, byte[] body, int count, CancellationToken cancellation)
    {
        var (times, answers, wrong) = (new Histogram(), new SortedDictionary<string, long>(StringComparer.Ordinal), 0);
        using var client = webhook.Trust.Client(TimeSpan.FromSeconds(10));
        var url = new Uri(webhook.Process.Address, "/mutate-v1-pod");
        for (var i = 0; i < count; i++)
        {
            var start = TimeProvider.System.GetTimestamp();
            var (answer, isRight) = await AskAsync(client, url, body, cancellation);
            times.Add(TimeProvider.System.GetElapsedTime(start));
            answers[answer] = answers.GetValueOrDefault(answer) + 1;
            if (!isRight) wrong++;
        }

        return (times, answers, wrong);
    }

    private static async Task<(string Answer, bool IsRight)> AskAsync(HttpClient client, Uri url, byte[] body, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        // It asks first, as nobody who is refused should have to send 8 MiB; otherwise it may see a closed connection instead of the answer.
        request.Headers.ExpectContinue = body.Length > 8 << 20;
        try
        {
            using var response = await client.SendAsync(request, cancellation);
            var text = await response.Content.ReadAsStringAsync(cancellation);
            var isAllowed = response.StatusCode == HttpStatusCode.OK && text.Contains("\"allowed\":true", StringComparison.Ordinal);
            var isRefused = (int)response.StatusCode is >= 400 and < 500 && !text.Contains("   at ", StringComparison.Ordinal);
            var patch = text.Contains("\"patch\":", StringComparison.Ordinal) ? ", patched" : isAllowed ? ", not patched" : "";
            return ($"{(int)response.StatusCode}{patch}", isAllowed || isRefused);
        }
        catch (HttpRequestException e)
        {
            return ($"no answer ({e.HttpRequestError})", false);
        }
    }

    // A collector that has nothing to do collects nothing: there are always some ordinary pods.
    private static async Task<(double Seconds, LoadResult Load)> ReturnAsync(Webhook webhook, double before, CancellationToken cancellation)
    {
        await using var load = BackgroundLoad.Start(cancellation, webhook.Plan(LoadReviews.Mix(), 100, TimeSpan.FromSeconds(1)));
        var start = TimeProvider.System.GetTimestamp();
        await Task.Delay(500, cancellation);
        while (webhook.Figures.ResidentMiB > before + 16 && TimeProvider.System.GetElapsedTime(start) < UntilReturned + TimeSpan.FromSeconds(15)) await Task.Delay(250, cancellation);
        return (TimeProvider.System.GetElapsedTime(start).TotalSeconds, await load.StopAsync());
    }
}
