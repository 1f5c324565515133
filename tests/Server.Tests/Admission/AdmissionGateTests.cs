using System.Diagnostics.Metrics;
using Spanhook.Server.Admission;
using Spanhook.Server.Hosting;
using Spanhook.Server.Tests.Support;

namespace Spanhook.Server.Tests.Admission;

/// <summary>Who gets a place, in which order, and for how long one waits.</summary>
public sealed class AdmissionGateTests : IDisposable
{
    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(250);

    private readonly Meter _meter = new("Spanhook.Tests.Gate");
    private readonly MeterListener _listener = new();
    private long _rejected;
    private long _inFlight;

    public AdmissionGateTests()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter == _meter) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, value, _, _) => _rejected += value);
        _listener.SetMeasurementEventCallback<int>((_, value, _, _) => _inFlight = value);
        _listener.Start();
    }

    public void Dispose()
    {
        _listener.Dispose();
        _meter.Dispose();
    }

    [Fact]
    public void There_are_as_many_places_as_the_option_says_and_one_that_is_left_is_free()
    {
        var gate = Gate(new ManualTime(), places: 2);
        Assert.True(gate.TryEnter());
        Assert.True(gate.TryEnter());
        Assert.False(gate.TryEnter());
        gate.Leave();
        Assert.True(gate.TryEnter());
    }

    [Fact]
    public void Without_the_option_there_are_four_places_for_each_core()
    {
        var gate = Gate(new ManualTime(), places: 0);
        Assert.Equal(4 * Environment.ProcessorCount, Enumerable.Range(0, 1000).Count(_ => gate.TryEnter()));
    }

    [Fact]
    public async Task Places_are_given_in_the_order_of_the_queue()
    {
        var gate = Gate(new ManualTime(), places: 1);
        Assert.True(gate.TryEnter());
        var first = EnterAsync(gate);
        var second = EnterAsync(gate);
        _listener.RecordObservableInstruments();
        Assert.Equal(3, _inFlight);
        gate.Leave();
        Assert.True(await first);
        Assert.False(second.IsCompleted);
        Assert.False(gate.TryEnter());
        gate.Leave();
        Assert.True(await second);
        gate.Leave();
        _listener.RecordObservableInstruments();
        Assert.Equal((0, 0), (_inFlight, _rejected));
    }

    [Fact]
    public async Task Beyond_the_queue_nobody_waits()
    {
        var gate = Gate(new ManualTime(), places: 1, queue: 1);
        Assert.True(gate.TryEnter());
        var waits = EnterAsync(gate);
        var tooMany = EnterAsync(gate);
        Assert.True(tooMany.IsCompleted);
        Assert.False(await tooMany);
        Assert.Equal(1, _rejected);
        gate.Leave();
        Assert.True(await waits);
    }

    [Fact]
    public async Task Who_waited_long_enough_gives_up_and_the_place_goes_to_the_next()
    {
        var time = new FiringTime();
        var gate = Gate(time, places: 1);
        Assert.True(gate.TryEnter());
        var gaveUp = EnterAsync(gate);
        await time.FireAsync(Wait);
        Assert.False(await gaveUp);
        Assert.Equal((1, 1), (_rejected, gate.InFlight));
        var next = EnterAsync(gate);
        gate.Leave();
        Assert.True(await next);
    }

    [Theory]
    [InlineData(100, 250)]
    [InlineData(500, 250)]
    public async Task The_shorter_of_the_two_limits_counts(int queueMilliseconds, int reviewMilliseconds)
    {
        var time = new FiringTime();
        var gate = new AdmissionGate(new ServingOptions { MaxConcurrency = 1, QueueTimeout = TimeSpan.FromMilliseconds(queueMilliseconds), ReviewTimeout = TimeSpan.FromMilliseconds(reviewMilliseconds) }, _meter, time);
        Assert.True(gate.TryEnter());
        var waits = EnterAsync(gate);
        await time.FireAsync(TimeSpan.FromMilliseconds(Math.Min(queueMilliseconds, reviewMilliseconds)));
        Assert.False(await waits);
    }

    [Fact]
    public async Task A_place_that_comes_when_the_time_of_the_review_is_over_is_given_back()
    {
        var time = new ManualTime();
        var gate = Gate(time, places: 1);
        Assert.True(gate.TryEnter());
        var waits = EnterAsync(gate);
        time.Advance(Wait);
        gate.Leave();
        Assert.False(await waits);
        Assert.Equal((1, 0), (_rejected, gate.InFlight));
        Assert.True(gate.TryEnter());
    }

    [Fact]
    public async Task A_caller_who_is_gone_leaves_the_queue()
    {
        var gate = Gate(new ManualTime(), places: 1, queue: 1);
        Assert.True(gate.TryEnter());
        using var gone = new CancellationTokenSource();
        var waits = gate.EnterAsync(gone.Token).AsTask();
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waits);
        var next = EnterAsync(gate);
        gate.Leave();
        Assert.True(await next);
    }

    [Fact]
    public async Task However_many_come_at_once_no_more_than_the_places_are_at_work_and_none_is_lost()
    {
        var gate = new AdmissionGate(new ServingOptions { MaxConcurrency = 3, MaxQueue = 10_000, QueueTimeout = TimeSpan.FromMinutes(1), ReviewTimeout = TimeSpan.FromMinutes(1) }, _meter, TimeProvider.System);
        var (working, most) = (0, 0);
        await Task.WhenAll(Enumerable.Range(0, 5000).Select(_ => Task.Run(async () =>
        {
            Assert.True(gate.TryEnter() || await gate.EnterAsync(CancellationToken.None));
            var now = Interlocked.Increment(ref working);
            if (now > Volatile.Read(ref most)) Interlocked.Exchange(ref most, now);
            if (now % 2 == 0) await Task.Yield();
            Interlocked.Decrement(ref working);
            gate.Leave();
        })));
        Assert.InRange(most, 1, 3);
        Assert.Equal(0, gate.InFlight);
    }

    [Fact]
    public void A_place_at_once_allocates_nothing()
    {
        var gate = Gate(TimeProvider.System, places: 1);
        Assert.True(gate.TryEnter());
        gate.Leave();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            if (gate.TryEnter()) gate.Leave();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static Task<bool> EnterAsync(AdmissionGate gate) => gate.EnterAsync(TestContext.Current.CancellationToken).AsTask();

    private AdmissionGate Gate(TimeProvider time, int places, int queue = 512) => new(new ServingOptions { MaxConcurrency = places, MaxQueue = queue }, _meter, time);
}
