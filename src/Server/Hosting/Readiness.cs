using System.Text;
using Spanhook.Server.Cluster;

namespace Spanhook.Server.Hosting;

/// <summary>The one place that says whether this server should be asked, and if not why.</summary>
internal sealed class Readiness(IEnumerable<IReadinessCondition> conditions)
{
    private readonly IReadinessCondition[] _conditions = [.. conditions];

    public bool IsReady => _conditions.All(condition => condition.NotReady is null);

    /// <summary><c>GET /readyz</c>: 200, or 503 with a line for each reason; <c>?verbose</c> lists what is fulfilled as well, as Kubernetes' own servers do.</summary>
    public Task AnswerAsync(HttpContext context)
    {
        var isVerbose = context.Request.Query.ContainsKey("verbose");
        var (all, missing) = (new StringBuilder(), new StringBuilder());
        foreach (var condition in _conditions)
        {
            if (condition.NotReady is { } problem)
            {
                missing.Append(problem).Append('\n');
                all.Append("[-]").Append(condition.Name).Append(" failed: ").Append(problem).Append('\n');
            }
            else
            {
                all.Append("[+]").Append(condition.Name).Append(" ok\n");
            }
        }

        var isReady = missing.Length == 0;
        if (!isReady) context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(isVerbose ? all.Append(isReady ? "readyz check passed\n" : "readyz check failed\n").ToString() : isReady ? "ok\n" : missing.ToString());
    }

    /// <summary>A server that knows nothing yet would answer wrongly.</summary>
    internal sealed class ClusterLoaded(ClusterCache cache) : IReadinessCondition
    {
        public string Name => "cluster";
        public string? NotReady => cache.IsLoaded ? null : "the cluster's objects are not loaded yet";
    }

    /// <summary>The probes' port is up before the one that API servers call, which would refuse whoever is sent there meanwhile.</summary>
    internal sealed class Listening(IHostApplicationLifetime lifetime) : IReadinessCondition
    {
        public string Name => "listening";
        public string? NotReady => lifetime.ApplicationStarted.IsCancellationRequested ? null : "the server does not listen yet";
    }
}
