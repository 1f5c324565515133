using OpenTelemetry.Exporter;
using Spanhook.Server.Telemetry.Otlp;

namespace Spanhook.Server.Tests.Telemetry;

/// <summary>OpenTelemetry's variables.</summary>
public sealed class OtlpOptionsTests
{
    [Fact]
    public void Without_an_endpoint_nothing_is_pushed() => Assert.False(Read(("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"), ("OTEL_SERVICE_NAME", "x")).IsAsked);

    [Fact]
    public void The_common_endpoint_gets_each_signal_s_path_over_HTTP()
    {
        var options = Read(("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318/"), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"));
        Assert.Equal((new Uri("http://collector:4318/v1/metrics"), new Uri("http://collector:4318/v1/traces")), (options.Metrics!.Endpoint, options.Traces!.Endpoint));
        Assert.Equal(OtlpExportProtocol.HttpProtobuf, options.Metrics.Protocol);
    }

    [Fact]
    public void A_signal_s_own_variables_beat_the_common_ones_and_are_taken_as_they_are()
    {
        var options = Read(
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4317"), ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "https://traces/x"), ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/protobuf"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "a=1"), ("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "b=2"), ("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "250"), ("OTEL_METRIC_EXPORT_INTERVAL", "500"));
        Assert.Equal(new OtlpSignal("traces", new Uri("https://traces/x"), OtlpExportProtocol.HttpProtobuf, "b=2", TimeSpan.FromMilliseconds(250)), options.Traces);
        Assert.Equal(new OtlpSignal("metrics", new Uri("http://collector:4317"), OtlpExportProtocol.Grpc, "a=1", TimeSpan.FromSeconds(10)), options.Metrics);
        Assert.Equal(TimeSpan.FromMilliseconds(500), options.MetricInterval);
        Assert.Empty(options.Problems);
    }

    [Fact]
    public void One_signal_alone_can_be_pushed()
    {
        Assert.Null(Read(("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://traces:4317")).Metrics);
        Assert.Null(Read(("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4317"), ("OTEL_TRACES_EXPORTER", "none")).Traces);
        Assert.False(Read(("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4317"), ("OTEL_SDK_DISABLED", "true")).IsAsked);
    }

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4317", "http://collector:4317")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "nonsense", "http://collector:4317")]
    [InlineData("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json", "grpc or http/protobuf")]
    [InlineData("OTEL_EXPORTER_OTLP_TIMEOUT", "10s", "milliseconds")]
    [InlineData("OTEL_METRIC_EXPORT_INTERVAL", "-1", "milliseconds")]
    public void What_cannot_be_used_is_told_of_and_stops_nothing(string key, string value, string advice)
    {
        var options = Read(key == "OTEL_EXPORTER_OTLP_ENDPOINT" ? [(key, value)] : [("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4317"), (key, value)]);
        Assert.True(options.IsAsked);
        Assert.All(options.Problems, problem => Assert.StartsWith(key, problem, StringComparison.Ordinal));
        Assert.Contains(options.Problems, problem => problem.Contains(advice, StringComparison.Ordinal));
    }

    [Fact]
    public void Headers_are_in_no_text() =>
        Assert.DoesNotContain("secret", Read(("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4317"), ("OTEL_EXPORTER_OTLP_HEADERS", "authorization=secret")).Traces!.ToString(), StringComparison.Ordinal);

    private static OtlpOptions Read(params (string Key, string Value)[] variables) => OtlpOptions.Read(key => variables.FirstOrDefault(variable => variable.Key == key).Value);
}
