using Spanhook.KubeClient;
using Spanhook.Server.Hosting;

namespace Spanhook.Server.Certificates.SelfManaged;

/// <summary>
/// Looks at the Lease, the webhook configuration and the Secret every few seconds and does what is to do. It polls: three objects by name are
/// three small requests in five seconds and one write of the holder, against three watches with all their ways to fail, and nothing here is
/// needed sooner.
/// </summary>
internal sealed class CertificateKeeper : RoundService
{
    public static readonly TimeSpan Poll = TimeSpan.FromSeconds(5);

    /// <summary>Somebody else wrote first: what they wrote is read soon.</summary>
    public static readonly TimeSpan AfterConflict = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    private readonly KeeperParts _parts;
    private readonly CaWriter _writer;
    private readonly CaMemory _memory = new();
    private readonly ILogger<CertificateKeeper> _logger;
    private readonly TimeProvider _time;
    private (string? Version, CaReading Reading)? _read;
    private bool? _writes;

    public CertificateKeeper(KeeperParts parts, ILogger<CertificateKeeper> logger, TimeProvider time)
        : base(time)
    {
        (_parts, _logger, _time) = (parts, logger, time);
        _writer = new CaWriter(parts.Api, parts.Options, logger, time);
    }

    /// <summary>One look and what follows from it; how long to wait for the next.</summary>
    public override async Task<TimeSpan> TickAsync(CancellationToken cancellation)
    {
        try
        {
            _parts.Source.RenewWhenDue();
            await LookAsync(cancellation);
            _parts.Problems.Over("tick");
            return Poll;
        }
        catch (ApiServerException e) when (e.Status == StatusCodes.Status409Conflict)
        {
            return AfterConflict;
        }
        catch (ApiServerException e)
        {
            _parts.Problems.Say("tick", e.Message);
            return e.RetryAfter is { } wait && wait > Poll ? (wait < LongestWait ? wait : LongestWait) : Poll;
        }
        finally
        {
            _parts.Status.Look(_parts.Source, _parts.Published, _parts.Problems);
        }
    }

    /// <summary>Gives the Lease up, once nothing is written any more.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await _parts.Lease.ReleaseAsync(cancellationToken);
    }

    protected override TimeSpan Failed(string exception, string? stackTrace)
    {
        CertificateLog.Failed(_logger, exception, stackTrace);
        return Poll;
    }

    // In this order: caBundle is written at the version of a configuration that is older than the Secret that says what belongs there.
    private async Task LookAsync(CancellationToken cancellation)
    {
        var writes = await _parts.Lease.TryHoldAsync(cancellation);
        await LookAtConfigurationAsync(cancellation);
        var secret = await _parts.Api.GetSecretAsync(cancellation);
        if (secret is not null) _parts.Reports.Observe(secret);
        var reading = Read(secret);
        var view = new CaView(secret, reading, _memory.Complete(reading.State, _parts.Published));
        Take(view.State);
        if (writes != _writes) CertificateLog.Role(_logger, _parts.Options.Identity, writes ? "writes" : "only reads");
        _writes = writes;
        view = writes ? await WriteAsync(view, cancellation) : view;
        await ReportAsync(view, cancellation);
    }

    private async Task LookAtConfigurationAsync(CancellationToken cancellation)
    {
        try
        {
            _parts.Published.Observe(await _parts.Api.GetWebhookConfigurationAsync(cancellation));
            _parts.Problems.Over("configuration");
        }
        catch (ApiServerException e)
        {
            _parts.Published.Miss();
            _parts.Problems.Say("configuration", $"the webhook configuration {_parts.Options.WebhookConfiguration} cannot be read: {e.Message}");
        }
    }

    private async Task<CaView> WriteAsync(CaView view, CancellationToken cancellation)
    {
        var step = _parts.Rotation.Decide(view.State, _parts.Published, _parts.Reports, CaWriter.IsAsked(view.Secret));
        var state = step.State;
        var isWritten = CaWriter.Differs(view, state);
        var secret = view.Secret;
        ApiServerException? refused = null;
        try
        {
            if (isWritten) secret = await _writer.WriteAsync(view, step, cancellation);
        }
        catch (ApiServerException e) when (secret is null && e.Status == StatusCodes.Status403Forbidden && step.Change == CaChange.None)
        {
            refused = e; // what is in memory serves, and can still be published
        }

        Take(state);
        if (_parts.Published is { IsFresh: true, IsAbsent: false, Configuration: { } configuration } && state.Trusted.Count > 0 && !_parts.Published.IsExactly(state.Trusted))
        {
            secret = await _writer.PublishAsync(configuration, state.Trusted, secret, isWritten, cancellation);
            await LookAtConfigurationAsync(cancellation); // ready now, not at the next look
        }

        if (refused is not null) throw refused;
        return new(secret, Read(secret), state);
    }

    // Each replica for itself, the writer too.
    private async Task ReportAsync(CaView view, CancellationToken cancellation)
    {
        if (view.State.Phase == CaPhase.Steady || view.Secret is null || _parts.Source.Served is not { } issuer || !_parts.Reports.IsDue(view.Secret, issuer)) return;
        await _writer.AnnotateAsync(view.Secret, _parts.Reports.Report(issuer), cancellation);
        _parts.Reports.Written();
    }

    private void Take(CaState state)
    {
        _memory.Remember(state);
        if (IssuerChoice.Choose(_parts.Source.Issuer, state, _parts.Published, _parts.Options.CaPublishDelay, _time.GetUtcNow()) is { } issuer) _parts.Source.Use(issuer);
    }

    // Keys are parsed once for each version of the Secret.
    private CaReading Read(Secret? secret)
    {
        if (secret is null) return CaSecret.Read(null);
        if (_read is { } read && read.Version == secret.Metadata.ResourceVersion) return read.Reading;
        var reading = CaSecret.Read(secret);
        _read = (secret.Metadata.ResourceVersion, reading);
        return reading;
    }

    // Replicas that started together must not ask together for ever.
}
