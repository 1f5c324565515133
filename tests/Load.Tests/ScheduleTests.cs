using Spanhook.Load.Generating;

namespace Spanhook.Load.Tests;

public sealed class ScheduleTests
{
    private const long Frequency = 1_000_000_000;

    [Theory]
    [InlineData(1000)]
    [InlineData(300)]
    [InlineData(3)]
    [InlineData(0.5)]
    public void Requests_start_evenly_and_nothing_adds_up_over_hours(double rate)
    {
        var schedule = new Schedule(500, Frequency, rate);
        Assert.Equal(500, schedule.At(0));
        var afterTwoHours = (long)(rate * 7200);
        Assert.InRange(schedule.At(afterTwoHours) - 500 - (7200 * Frequency), -1, 1);
        for (var i = 0L; i < 100; i++) Assert.InRange(schedule.At(i + 1) - schedule.At(i), Frequency / rate - 1, Frequency / rate + 1);
    }

    [Theory]
    [InlineData(1000, 600, 600_000)]
    [InlineData(300, 1.5, 450)]
    [InlineData(0.5, 3, 2)] // at 0 s and at 2 s
    public void The_number_of_requests_is_what_fits_into_the_time(double rate, double seconds, long expected) =>
        Assert.Equal(expected, new Schedule(0, Frequency, rate).CountWithin(TimeSpan.FromSeconds(seconds)));
}
