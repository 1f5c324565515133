using System.Diagnostics.Metrics;
using Spanhook.Server.Admission;
using Spanhook.Server.Hosting;
using Spanhook.Support;

namespace Spanhook.Server.Tests.Hosting;

public sealed class IdleMemoryTests : IDisposable
{
    private readonly SteppedTime _time = new();
    private readonly Meter _meter = new("test");
    private readonly AdmissionGate _gate;
    private readonly IdleMemory _memory;
    private int _given;

    public IdleMemoryTests()
    {
        _gate = new AdmissionGate(new ServingOptions { MaxConcurrency = 1 }, _meter, _time);
        _memory = new IdleMemory(_gate, _time, () => _given++);
    }

    [Fact]
    public void Nothing_is_given_back_while_nothing_unusual_happens()
    {
        Pass(TimeSpan.FromMinutes(1));
        Assert.Equal(0, _given);
    }

    [Fact]
    public void It_is_given_back_once_when_it_has_been_quiet()
    {
        Pass(IdleMemory.Seldom);
        _memory.Note();
        Pass(IdleMemory.Quiet / 2);
        _memory.Note();
        Pass(IdleMemory.Quiet / 2);
        Assert.Equal(0, _given);
        Pass(IdleMemory.Quiet);
        Assert.Equal(1, _given);
        Pass(TimeSpan.FromMinutes(1));
        Assert.Equal(1, _given);
    }

    [Fact]
    public void A_review_in_flight_puts_it_off_but_not_for_ever()
    {
        Pass(IdleMemory.Seldom);
        Assert.True(_gate.TryEnter());
        _memory.Note();
        Pass(IdleMemory.Quiet * 2);
        Assert.Equal(0, _given);
        Pass(IdleMemory.Latest);
        Assert.Equal(1, _given);
    }

    [Fact]
    public void It_is_not_given_back_more_often_than_seldom()
    {
        Pass(IdleMemory.Seldom);
        _memory.Note();
        Pass(IdleMemory.Quiet * 2);
        _memory.Note();
        Pass(IdleMemory.Seldom / 2);
        Assert.Equal(1, _given);
        Pass(IdleMemory.Seldom);
        Assert.Equal(2, _given);
    }

    public void Dispose()
    {
        _memory.Dispose();
        _meter.Dispose();
    }

    private void Pass(TimeSpan time)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += TimeSpan.FromSeconds(0.5)) _time.Advance(TimeSpan.FromSeconds(0.5));
    }
}
