using System.CommandLine;
using System.Globalization;

namespace Spanhook.Server.Hosting;

/// <summary>The options of <see cref="ServingOptions"/>.</summary>
internal sealed class ServingOptionGroup(ServerSettings settings) : OptionGroup<ServingOptions>
{
    private const int Most = 1_000_000;

    private readonly Option<string?> _listen = settings.Text("--listen", "ADDRESS:PORT", "Where to serve HTTPS; port 0 takes a free one.", "[::]:9443");
    private readonly Option<string?> _shutdownDelay =
        settings.Text("--shutdown-delay", "DURATION", "On SIGTERM: how long to go on serving, not ready, until balancers have noticed. Ctrl-C skips it.", "15s");
    private readonly Option<string?> _drainTimeout = settings.Text("--drain-timeout", "DURATION", "How long what is in flight may take after that.", "10s");
    private readonly Option<string?> _age = settings.Text("--connection-age", "DURATION", "After about this long (±20 %) a connection is closed politely; 0 for never.", "60s");
    private readonly Option<string?> _requests = settings.Text("--connection-requests", "N", "After this many requests a connection is closed politely; 0 for never.", "1000");
    private readonly Option<string?> _concurrency = settings.Text("--max-concurrency", "N", "How many reviews are decided at once; 0 for four for each core.", "0");
    private readonly Option<string?> _queue = settings.Text("--max-queue", "N", "How many more may wait; what comes on top is allowed at once, not injected (overloaded).", "512");
    private readonly Option<string?> _queueTimeout = settings.Text("--queue-timeout", "DURATION", "How long one may wait before it is allowed, not injected (overloaded).", "500ms");
    private readonly Option<string?> _reviewTimeout =
        settings.Text("--review-timeout", "DURATION", "How long after its last byte a review may still be begun; later it is allowed, not injected (overloaded).", "250ms");
    private readonly Option<string?> _clientAuthority =
        settings.Text("--client-ca", "FILE", "PEM file of the authorities that sign the API server's client certificate; reloaded on change. Without it anybody may ask.", null);
    private readonly Option<string[]> _clientNames =
        settings.List("--client-name", "NAME", "A common name or DNS name that the client's certificate may have; without it any certificate of --client-ca will do. Repeatable.");

    private IEnumerable<Option<string?>> Durations => [_shutdownDelay, _drainTimeout, _age, _queueTimeout, _reviewTimeout];

    private IEnumerable<Option<string?>> Counts => [_requests, _concurrency, _queue];

    public override ServingOptions Read(ParseResult result) => new()
    {
        Listen = EndPointText.Parse(result.GetValue(_listen))!,
        ShutdownDelay = Duration(result, _shutdownDelay)!.Value,
        DrainTimeout = Duration(result, _drainTimeout)!.Value,
        ConnectionAge = Duration(result, _age)!.Value,
        ConnectionRequests = Count(result, _requests)!.Value,
        MaxConcurrency = Count(result, _concurrency)!.Value,
        MaxQueue = Count(result, _queue)!.Value,
        QueueTimeout = Duration(result, _queueTimeout)!.Value,
        ReviewTimeout = Duration(result, _reviewTimeout)!.Value,
        ClientAuthority = result.GetValue(_clientAuthority),
        ClientNames = Split(result.GetValue(_clientNames)),
    };

    public override IEnumerable<string> Problems(ParseResult result)
    {
        if (EndPointText.Parse(result.GetValue(_listen)) is null)
            yield return $"--listen '{result.GetValue(_listen)}' is no address: write ADDRESS:PORT, for example 127.0.0.1:9443 or [::]:9443";
        foreach (var option in Durations.Where(option => Duration(result, option) is null))
            yield return $"{option.Name} '{result.GetValue(option)}' is no duration of at most a day: write for example 250ms, 15s or 1m30s";
        foreach (var option in Counts.Where(option => Count(result, option) is null))
            yield return $"{option.Name} '{result.GetValue(option)}' is no number from 0 to {Most}: write for example 100";
        if (Duration(result, _reviewTimeout) == TimeSpan.Zero) yield return "--review-timeout 0 would inject nothing: write for example 250ms";
        if (result.GetValue(_clientAuthority) is { } file && !File.Exists(file)) yield return $"--client-ca '{file}' is no file: give the one with the authorities' certificates in PEM";
        if (result.GetValue(_clientAuthority) is null && Split(result.GetValue(_clientNames)).Length > 0)
            yield return "--client-name needs --client-ca: a name that anybody can sign says nothing";
    }

    // Timers take no more than some weeks, and nothing here is meant to be longer than a day.
    private static TimeSpan? Duration(ParseResult result, Option<string?> option) =>
        DurationText.Parse(result.GetValue(option)) is { } value && value <= TimeSpan.FromDays(1) ? value : null;

    private static int? Count(ParseResult result, Option<string?> option) =>
        int.TryParse(result.GetValue(option), NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value <= Most ? value : null;
}
