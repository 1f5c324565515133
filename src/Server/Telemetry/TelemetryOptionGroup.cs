using System.CommandLine;
using System.Globalization;
using Spanhook.Server.Hosting;
using Spanhook.Server.Telemetry.Otlp;

namespace Spanhook.Server.Telemetry;

/// <summary>The options of <see cref="TelemetryOptions"/>; where to push to is read from OpenTelemetry's own variables.</summary>
internal sealed class TelemetryOptionGroup(ServerSettings settings) : OptionGroup<TelemetryOptions>
{
    private readonly Option<string?> _listen =
        settings.Text("--management-listen", "ADDRESS:PORT", "Where to serve /metrics, /livez and /readyz over plain HTTP, for example [::]:9464; port 0 takes a free one. Default: nowhere.", null);
    private readonly Option<string?> _ratio =
        settings.Text("--trace-ratio", "0..1", "Share of admissions that are traced, when OTEL_EXPORTER_OTLP_ENDPOINT is set; a caller with a verified client certificate decides itself.", "0.01");

    public override TelemetryOptions Read(ParseResult result) => new()
    {
        ManagementListen = EndPointText.Parse(result.GetValue(_listen)),
        TraceRatio = Ratio(result.GetValue(_ratio))!.Value,
        Otlp = OtlpOptions.Read(Environment.GetEnvironmentVariable),
    };

    public override IEnumerable<string> Problems(ParseResult result)
    {
        if (!string.IsNullOrEmpty(result.GetValue(_listen)) && EndPointText.Parse(result.GetValue(_listen)) is null)
            yield return $"--management-listen '{result.GetValue(_listen)}' is no address: write ADDRESS:PORT, for example 127.0.0.1:9464 or [::]:9464";
        if (Ratio(result.GetValue(_ratio)) is null) yield return $"--trace-ratio '{result.GetValue(_ratio)}' is no share: write a number from 0 to 1, for example 0.01";
    }

    private static double? Ratio(string? text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var ratio) && ratio is >= 0 and <= 1 ? ratio : null;
}
