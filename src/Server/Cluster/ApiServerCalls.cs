using Spanhook.KubeClient;

namespace Spanhook.Server.Cluster;

/// <summary>Calls of what runs beside admissions: none of them waits for a server that does not answer.</summary>
internal static class ApiServerCalls
{
    /// <summary>Of one call. A server that is slower is asked again.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <exception cref="ApiServerException">Refused, unreachable, or too slow.</exception>
    public static async Task<T> InTime<T>(this TimeProvider time, Func<CancellationToken, Task<T>> call, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            return await call(either.Token);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new ApiServerException(0, ApiServerException.Unreachable, $"the API server did not answer within {Timeout.TotalSeconds:0} s", inner: e);
        }
    }

    /// <inheritdoc cref="InTime{T}"/>
    public static Task InTime(this TimeProvider time, Func<CancellationToken, Task> call, CancellationToken cancellation) => time.InTime(
        async token =>
        {
            await call(token);
            return true;
        },
        cancellation);

    /// <summary>The answer may have been lost on its way: what was asked for may have been done.</summary>
    public static bool IsUnknown(this ApiServerException e) => e.Status is 0 or >= 500 || e.Reason == ApiServerException.InvalidAnswer;
}
