namespace Spanhook.EndToEnd.Support;

/// <summary>Somebody who creates one pod after another that asks for tracing, whatever happens meanwhile. A pod that is created without it is wrong; one that no API server took is nobody's.</summary>
internal sealed class PodStream : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly TestNamespace _ns;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;
    private int _asked;

    public PodStream(TestNamespace ns)
    {
        _ns = ns;
        _running = RunAsync();
    }

    public int Created { get; private set; }

    public List<string> Wrong { get; } = [];

    public string Story => $"{Created} of {_asked} pods were created, {Wrong.Count} of them wrong: {string.Join("; ", Wrong.Take(5))}";

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            var name = $"stream-{++_asked}";
            var answer = await _ns.CreatePodAsync(name, (PodView.InjectJava, "default"));
            if (!answer.Succeeded)
            {
                await Task.Delay(Pause); // Nobody listens: the next one will tell.
                continue;
            }

            Created++;
            if (!PodView.IsInjected(answer.Json)) Wrong.Add($"{name}: {answer.Error.Trim()}");
        }
    }
}
