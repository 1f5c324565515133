namespace Spanhook.EndToEnd.Support;

/// <summary>There is no node: pods of a namespace are said to run and to be ready, as a kubelet would report it.</summary>
internal sealed class PlayedKubelet : IAsyncDisposable
{
    private const string Ready = """
        {"status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"},{"type":"ContainersReady","status":"True"}]}}
        """;

    private readonly CancellationTokenSource _stop = new();
    private readonly Task _work;

    /// <param name="kubectl">Of somebody who may do everything.</param>
    /// <param name="ns">Where.</param>
    /// <param name="isRunnable">Which pods come up; null for all.</param>
    public PlayedKubelet(Kubectl kubectl, string ns, Func<JsonNode, bool>? isRunnable = null) => _work = RunAsync(kubectl, ns, isRunnable ?? (_ => true));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _work;
        _stop.Dispose();
    }

    private async Task RunAsync(Kubectl kubectl, string ns, Func<JsonNode, bool> isRunnable)
    {
        while (!_stop.IsCancellationRequested)
        {
            foreach (var pod in await kubectl.ListAsync("pods", ns))
            {
                // It may be gone meanwhile.
                if (pod["status"]?["phase"]?.GetValue<string>() != "Running" && isRunnable(pod))
                    await kubectl.TryAsync("patch", "pod", pod["metadata"]!["name"]!.GetValue<string>(), "-n", ns, "--subresource=status", "--type=merge", "-p", Ready);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200));
        }
    }
}
