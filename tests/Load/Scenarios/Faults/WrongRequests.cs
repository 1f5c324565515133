using System.Net.Http.Headers;
using System.Text;
using Spanhook.Load.Pods;
using Spanhook.Load.Serving;

namespace Spanhook.Load.Scenarios.Faults;

/// <summary>Requests that are no review at all.</summary>
internal sealed class WrongRequests : IScenario
{
    private const string Json = "application/json";
    private static readonly byte[] Review = LoadReviews.Asking("true");

    /// <summary>What is sent, and the statuses that are right.</summary>
    private static readonly (string What, HttpMethod Method, string Path, string? Type, byte[] Body, int[] Right)[] All =
    [
        ("text/plain", HttpMethod.Post, "/mutate-v1-pod", "text/plain", Review, [415]),
        ("no content type", HttpMethod.Post, "/mutate-v1-pod", null, Review, [415]),
        ("an empty body", HttpMethod.Post, "/mutate-v1-pod", Json, [], [400]),
        ("no JSON", HttpMethod.Post, "/mutate-v1-pod", Json, "hello"u8.ToArray(), [400]),
        ("JSON that is no review", HttpMethod.Post, "/mutate-v1-pod", Json, "{\"a\":[1,2,3]}"u8.ToArray(), [400]),
        ("GET", HttpMethod.Get, "/mutate-v1-pod", null, [], [404, 405]),
        ("PUT", HttpMethod.Put, "/mutate-v1-pod", Json, Review, [404, 405]),
        ("another path", HttpMethod.Post, "/mutate", Json, Review, [404]),
        ("v1beta1", HttpMethod.Post, "/mutate-v1-pod", Json, Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Review).Replace("admission.k8s.io/v1", "admission.k8s.io/v1beta1", StringComparison.Ordinal)), [200, 400]),
    ];

    public string Name => "F19";

    public string Title => "wrong content types, bodies, methods, paths and versions, ×1,000 each";

    public async Task<ScenarioResult> RunAsync(ScenarioContext context, CancellationToken cancellation)
    {
        using var webhook = await context.StartWarmAsync(cancellation);
        using var client = webhook.Trust.Client(TimeSpan.FromSeconds(10));
        var result = new ScenarioResult();
        await using var load = BackgroundLoad.Start(cancellation, webhook.Plan(LoadReviews.Mix(), 300, TimeSpan.FromSeconds(1)));
        foreach (var row in All)
        {
            var (wrong, said) = (0, "");
            for (var i = 0; i < context.Times(1000); i++)
            {
                using var request = new HttpRequestMessage(row.Method, new Uri(webhook.Process.Address, row.Path));
                if (row.Method != HttpMethod.Get) request.Content = new ByteArrayContent(row.Body);
                if (row.Type is { } type) request.Content!.Headers.ContentType = new MediaTypeHeaderValue(type);
                using var response = await client.SendAsync(request, cancellation);
                var text = await response.Content.ReadAsStringAsync(cancellation);
                if (row.Right.Contains((int)response.StatusCode) && !text.Contains("   at ", StringComparison.Ordinal)) continue;
                (wrong, said) = (wrong + 1, $"{(int)response.StatusCode}");
            }

            result.Exactly($"{row.What}: answered with another status than {string.Join(" or ", row.Right)}, or with a stack trace", wrong, "", 0);
            if (wrong > 0) result.Note($"{row.What}: {said}");
        }

        var ordinary = await load.StopAsync();
        return result.AllAnswered(ordinary, "300 req/s of mix R beside: ").Latencies(ordinary, "300 req/s of mix R beside: ");
    }
}
