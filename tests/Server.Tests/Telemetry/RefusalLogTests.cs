using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Spanhook.Server.Telemetry;
using Spanhook.Server.Tests.Support;

namespace Spanhook.Server.Tests.Telemetry;

/// <summary>A scanner does not fill the log.</summary>
public sealed class RefusalLogTests : IDisposable
{
    private readonly LogLines _lines = new();
    private readonly ManualTime _time = new();
    private readonly RefusalLog _log;

    public RefusalLogTests() => _log = new RefusalLog(_lines.For<RefusalLog>(), _time);

    [Fact]
    public void Each_of_a_few_refusals_has_its_line()
    {
        _log.Add(415, "the type");
        _log.Add(400, "the body");
        Assert.Equal([LogLevel.Warning, LogLevel.Warning], _lines.All.Select(line => line.Level));
        Assert.StartsWith("Refused a request with 415: the type;", _lines.All[0].Message, StringComparison.Ordinal);
        Assert.StartsWith("Refused a request with 400: the body;", _lines.All[1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_many_in_a_second_few_have_a_line_and_the_next_one_tells_how_many_had_none()
    {
        for (var i = 0; i < 1000; i++) _log.Add(400, "x");
        Assert.Equal(RefusalLog.LinesPerSecond, _lines.All.Count);
        _time.Advance(TimeSpan.FromMilliseconds(999));
        _log.Add(400, "x");
        Assert.Equal(RefusalLog.LinesPerSecond, _lines.All.Count);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        _log.Add(400, "x");
        _log.Add(400, "x");
        Assert.Equal(RefusalLog.LinesPerSecond + 2, _lines.All.Count);
        Assert.Contains("991 more", _lines.All[^2].Message, StringComparison.Ordinal);
        Assert.Contains("0 more", _lines.All[^1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_flood_over_HTTP_leaves_few_lines()
    {
        await using var server = await Webhook.StartAsync(configure: builder => builder.Services.AddSingleton(_log));
        await Task.WhenAll(Enumerable.Range(0, 100).Select(i => i % 2 == 0 ? server.PostAsync("no review") : server.PostAsync("{}"u8.ToArray(), contentType: "text/plain")));
        Assert.Equal(RefusalLog.LinesPerSecond, _lines.All.Count);
    }

    public void Dispose() => _lines.Dispose();
}
