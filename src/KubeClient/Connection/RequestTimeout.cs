namespace Spanhook.KubeClient.Connection;

/// <summary>The time that a request has: what is cancelled by it is an error of the server, what the caller cancels is not.</summary>
internal sealed class RequestTimeout : IDisposable
{
    private readonly TimeSpan _limit;
    private readonly CancellationToken _caller;
    private readonly CancellationTokenSource _timer;
    private readonly CancellationTokenSource _either;

    public RequestTimeout(TimeSpan limit, TimeProvider time, CancellationToken caller)
    {
        (_limit, _caller) = (limit, caller);
        _timer = new CancellationTokenSource(limit, time);
        _either = CancellationTokenSource.CreateLinkedTokenSource(caller, _timer.Token);
    }

    public async Task<T> Run<T>(Func<CancellationToken, Task<T>> request)
    {
        try
        {
            return await request(_either.Token);
        }
        catch (OperationCanceledException e) when (!_caller.IsCancellationRequested)
        {
            throw new ApiServerException(0, ApiServerException.Unreachable, $"the API server did not answer within {_limit.TotalSeconds:0} s", inner: e);
        }
    }

    public Task Run(Func<CancellationToken, Task> request) => Run(async token =>
    {
        await request(token);
        return true;
    });

    public void Dispose()
    {
        _either.Dispose();
        _timer.Dispose();
    }
}
