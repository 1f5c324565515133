using System.Globalization;
using Spanhook.KubeClient;

namespace Spanhook.Server.Certificates.SelfManaged;

/// <summary>
/// Who writes, as client-go elects: the holder renews its Lease; the others take it when they have seen it unchanged for its whole duration,
/// by their own clock. It only keeps replicas out of each other's way: every write is safe with two writers too, so a Lease that we may
/// not use is no reason to leave a cluster without certificates.
/// </summary>
internal sealed class LeaseElection(ICertificateApi api, SelfManagedOptions options, ProblemLog problems, TimeProvider time)
{
    public static readonly TimeSpan Duration = TimeSpan.FromSeconds(15);

    /// <summary>A holder that could not renew for this long does not count on holding it.</summary>
    public static readonly TimeSpan RenewDeadline = TimeSpan.FromSeconds(10);

    private const string Problem = "lease";

    private string? _observed;
    private long _observedAt;
    private long? _renewed;
    private long _heldSince;
    private volatile bool _isHeld;

    /// <summary>Whether this replica holds it now, for those who must not write when another may. Of any thread.</summary>
    public bool IsHeld => _isHeld && time.GetElapsedTime(Volatile.Read(ref _heldSince)) < RenewDeadline;

    /// <summary>Renews or takes it, if it is to be had. Errors are logged, not thrown.</summary>
    public async Task<bool> TryHoldAsync(CancellationToken cancellation)
    {
        try
        {
            var held = await TryAsync(cancellation);
            Renewed(held ? time.GetTimestamp() : null);
            problems.Over(Problem);
            return held;
        }
        catch (ApiServerException e) when (e.Status == StatusCodes.Status403Forbidden)
        {
            problems.Say(Problem, $"the Lease {options.Namespace}/{options.Lease} cannot be used, so every replica writes: apply one of that name, empty, and grant get and update of it ({e.Message})");
            return true;
        }
        catch (ApiServerException e)
        {
            if (e.Status != StatusCodes.Status409Conflict) problems.Say(Problem, $"the Lease {options.Namespace}/{options.Lease} cannot be renewed: {e.Message}");
            return _renewed is { } renewed && time.GetElapsedTime(renewed) < RenewDeadline;
        }
    }

    /// <summary>Gives it up, so that another replica need not wait.</summary>
    public async Task ReleaseAsync(CancellationToken cancellation)
    {
        if (_renewed is null) return;
        Renewed(null);
        try
        {
            if (await api.GetLeaseAsync(cancellation) is { Spec: { } spec } lease && spec.HolderIdentity == options.Identity)
                await api.ReplaceLeaseAsync(lease with { Spec = spec with { HolderIdentity = "", LeaseDurationSeconds = 1, RenewTime = Now() } }, cancellation);
        }
        catch (ApiServerException)
        {
            // It runs out by itself.
        }
    }

    private void Renewed(long? at)
    {
        _renewed = at;
        if (at is { } moment) Volatile.Write(ref _heldSince, moment);
        _isHeld = at is not null;
    }

    private async Task<bool> TryAsync(CancellationToken cancellation)
    {
        var lease = await api.GetLeaseAsync(cancellation);
        if (lease is null)
        {
            var made = new Lease { Metadata = new() { Name = options.Lease, Namespace = options.Namespace }, Spec = Mine(null) };
            Observe(await api.CreateLeaseAsync(made, cancellation));
            return true;
        }

        Observe(lease);
        if (!IsFree(lease.Spec)) return false;
        Observe(await api.ReplaceLeaseAsync(lease with { Spec = Mine(lease.Spec) }, cancellation));
        return true;
    }

    private bool IsFree(LeaseSpec? spec)
    {
        if (spec is null || string.IsNullOrEmpty(spec.HolderIdentity) || spec.HolderIdentity == options.Identity) return true;
        var duration = spec.LeaseDurationSeconds is { } seconds and > 0 ? TimeSpan.FromSeconds(seconds) : Duration;
        return time.GetElapsedTime(_observedAt) >= duration;
    }

    private LeaseSpec Mine(LeaseSpec? before)
    {
        var isHeld = before?.HolderIdentity == options.Identity;
        return (before ?? new()) with
        {
            HolderIdentity = options.Identity,
            LeaseDurationSeconds = (int)Duration.TotalSeconds,
            AcquireTime = isHeld ? before!.AcquireTime ?? Now() : Now(),
            RenewTime = Now(),
            LeaseTransitions = (before?.LeaseTransitions ?? 0) + (isHeld ? 0 : 1),
        };
    }

    private void Observe(Lease lease)
    {
        var record = $"{lease.Spec?.HolderIdentity} {lease.Spec?.RenewTime} {lease.Spec?.LeaseTransitions}";
        if (record == _observed) return;
        (_observed, _observedAt) = (record, time.GetTimestamp());
    }

    // MicroTime of Kubernetes.
    private string Now() => time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}
