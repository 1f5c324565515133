using System.Buffers;
using System.Security.Authentication;
using Microsoft.Extensions.DependencyInjection;
using Spanhook.Injection;
using Spanhook.Injection.Cluster;
using Spanhook.Server.Admission;
using Spanhook.Server.Tests.Support;

namespace Spanhook.Server.Tests.Admission;

/// <summary>A server that has too much to do still answers each review, and at once.</summary>
public sealed class OverloadTests
{
    [Fact]
    public async Task What_finds_neither_place_nor_queue_is_allowed_without_a_patch()
    {
        using var busy = new Busy();
        await using var server = await StartAsync(busy, queue: 0);
        var first = server.PostAsync(Reviews.Java());
        await busy.Begun;
        (await server.PostAsync(Reviews.Java())).AssertNotInjected("overloaded");
        busy.End();
        (await first).AssertInjected();
        await server.AssertServesAsync();
    }

    [Fact]
    public async Task What_waited_too_long_is_allowed_without_a_patch()
    {
        using var busy = new Busy();
        await using var server = await StartAsync(busy, queue: 10);
        var first = server.PostAsync(Reviews.Java());
        await busy.Begun;
        Assert.All(await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => server.PostAsync(Reviews.Java()))), reply => reply.AssertNotInjected("overloaded"));
        busy.End();
        (await first).AssertInjected();
    }

    [Fact]
    public async Task A_body_that_is_not_complete_takes_no_place()
    {
        using var busy = new Busy();
        busy.End();
        await using var server = await StartAsync(busy, queue: 0);
        for (var i = 0; i < 5; i++)
        {
            var stream = await server.ConnectAsync(SslProtocols.None);
            await stream.WriteAsync("POST /mutate-v1-pod HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{\"kind\":"u8.ToArray(), TestContext.Current.CancellationToken);
        }

        await server.AssertServesAsync();
    }

    [Fact]
    public async Task Bodies_that_need_too_much_memory_together_are_allowed_without_a_patch_and_small_ones_are_injected()
    {
        await using var server = await Webhook.StartAsync();
        var memory = server.Services.GetRequiredService<BodyMemory>();
        var held = 0L;
        Assert.True(memory.TryGrow(ref held, BodyMemory.Most - BodyMemory.Small));
        var large = Reviews.Java();
        large["request"]!["object"]!["metadata"]!["annotations"]!["filler"] = new string('x', (int)BodyMemory.Small * 2);
        (await server.PostAsync(large)).AssertNotInjected("overloaded");
        await server.AssertServesAsync();
        memory.Release(held);
        (await server.PostAsync(large)).AssertInjected();
        Assert.Equal(0, memory.Held);
    }

    private static Task<Webhook> StartAsync(Busy busy, int queue) => Webhook.StartAsync(
        configure: builder => builder.Services.AddSingleton<Inject>(busy.Inject),
        options: set => set with { Serving = set.Serving with { MaxConcurrency = 1, MaxQueue = queue } });

    /// <summary>An injector that does not come to an end before it is told to.</summary>
    private sealed class Busy : IDisposable
    {
        private readonly PodInjector _real = new(InjectionOptions.Default);
        private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ManualResetEventSlim _end = new();

        public Task Begun => _begun.Task;

        public void End() => _end.Set();

        public InjectionResult Inject(in InjectionRequest request, ClusterSnapshot cluster, IBufferWriter<byte> patch)
        {
            _begun.TrySetResult();
            _end.Wait(TimeSpan.FromSeconds(30));
            return _real.Inject(request, cluster, patch);
        }

        public void Dispose()
        {
            _end.Set();
            _end.Dispose();
        }
    }
}
