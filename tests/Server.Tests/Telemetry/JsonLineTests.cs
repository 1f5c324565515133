using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Spanhook.Server.Telemetry;
using Spanhook.Server.Tests.Support;

namespace Spanhook.Server.Tests.Telemetry;

/// <summary>The log as a container's platform collects it: an object to a line.</summary>
public sealed partial class JsonLineTests : IDisposable
{
    private readonly MemoryStream _output = new();
    private readonly ManualTime _time = new();

    public void Dispose() => _output.Dispose();

    [Fact]
    public void A_line_has_time_level_category_event_message_and_the_values_under_their_names()
    {
        var line = Assert.Single(Written(logger => Answered(logger, "checkout", 3, 1.23456)));
        Assert.Equal("""{"time":"2030-01-01T00:00:00Z","level":"Information","category":"Test","event":7,"message":"Answered checkout as number 3 in 1.235 ms","podName":"checkout","count":3,"milliseconds":1.235}""", line);
    }

    [Fact]
    public void Nothing_in_a_value_can_end_its_line_or_move_a_cursor()
    {
        var line = Assert.Single(Written(logger => Answered(logger, "a\r\n{\"level\":\"Error\"}\u001b[31m\u0000\"\\", 1, double.NaN)));
        Assert.DoesNotContain(line, char.IsControl);
        Assert.Equal("a\r\n{\"level\":\"Error\"}\u001b[31m\u0000\"\\", JsonNode.Parse(line)!["podName"]!.GetValue<string>());
        Assert.Equal("NaN", JsonNode.Parse(line)!["milliseconds"]!.GetValue<string>());
    }

    [Fact]
    public void An_exception_of_the_framework_is_in_the_line()
    {
        var line = Assert.Single(Written(logger => logger.LogError(new IOException("the disk is gone"), "Failed")));
        Assert.Contains("the disk is gone", JsonNode.Parse(line)!["exception"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_keep_their_order_and_wait_for_each_other()
    {
        using var provider = new JsonLineLoggerProvider(_output, _time);
        var logger = provider.CreateLogger("Test");
        for (var i = 0; i < 100; i++) Answered(logger, $"pod-{i}", i, 0);
        Assert.Equal(0, _output.Length);
        provider.Dispose();
        Assert.Equal(Enumerable.Range(0, 100), Lines().Select(line => JsonNode.Parse(line)!["count"]!.GetValue<int>()));
    }

    [Fact]
    public void What_nobody_reads_is_dropped_and_counted_instead_of_kept()
    {
        var lines = Written(logger =>
        {
            for (var i = 0; i < 2000; i++) Answered(logger, new string('x', 1000), i, 0);
        });
        var written = lines.Count - 1;
        Assert.InRange(_output.Length, LineQueue.Capacity - 3000, LineQueue.Capacity + 200);
        Assert.Equal(2000 - written, JsonNode.Parse(lines[^1])!["dropped"]!.GetValue<int>());
    }

    [Fact]
    public async Task A_line_is_written_when_its_delay_is_over()
    {
        var time = new FiringTime();
        using var queue = new LineQueue(_output, time);
        queue.Add("one\n"u8, isUrgent: false);
        await time.FireAsync(Timeout.InfiniteTimeSpan);
        Assert.Equal("one\n", Encoding.UTF8.GetString(_output.ToArray()));
    }

    [Fact]
    public void A_closed_output_harms_nobody()
    {
        using var provider = new JsonLineLoggerProvider(_output, _time);
        _output.Dispose();
        Answered(provider.CreateLogger("Test"), "a", 1, 0);
    }

    [LoggerMessage(EventId = 7, Level = LogLevel.Information, Message = "Answered {PodName} as number {Count} in {Milliseconds:0.000} ms")]
    private static partial void Answered(ILogger logger, string podName, int count, double milliseconds);

    private List<string> Written(Action<ILogger> log)
    {
        using (var provider = new JsonLineLoggerProvider(_output, _time)) log(provider.CreateLogger("Test"));
        return Lines();
    }

    private List<string> Lines() => [.. Encoding.UTF8.GetString(_output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries)];
}
