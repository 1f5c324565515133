using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using Spanhook.KubeClient;

namespace Spanhook.Server.Certificates.SelfManaged;

/// <summary>
/// Carries out what <see cref="CaRotation"/> decides: the Secret first, then caBundle. Safe with several writers, with stale reads and when it
/// is killed between any two calls: the Secret is replaced only at the version that was read; caBundle only after a write of the Secret (so
/// its state is the current one) and only at the version that was read before.
/// </summary>
internal sealed class CaWriter(ICertificateApi api, SelfManagedOptions options, ILogger logger, TimeProvider time)
{
    /// <summary>An annotation that asks for a rotation now, with any value. Taken away when it starts.</summary>
    public const string RotateAnnotation = "spanhook.dev/rotate-ca";

    private const string PhaseAnnotation = "spanhook.dev/ca-phase";
    private const string SinceAnnotation = "spanhook.dev/ca-phase-since";
    private const string WriterAnnotation = "spanhook.dev/ca-bundle-writer";

    private readonly string _secretName = $"the Secret {options.Namespace}/{options.CaSecret}";

    public static bool IsAsked(Secret? secret) => secret?.Annotation(RotateAnnotation) is not null;

    /// <summary>Whether the Secret holds something else than it should.</summary>
    public static bool Differs(CaView view, CaState wanted) =>
        !wanted.IsSameAs(view.Reading.State) || CaSecret.Data(wanted).Any(entry => entry.Value is null && view.Secret?.Data?.ContainsKey(entry.Key) == true);

    /// <summary>Makes the Secret hold the state; its new version.</summary>
    /// <exception cref="ApiServerException">It was changed meanwhile, or cannot be written.</exception>
    public async Task<Secret> WriteAsync(CaView view, CaStep step, CancellationToken cancellation)
    {
        var (change, state) = (step.Change == CaChange.None ? CaChange.Restored : step.Change, step.State);
        var annotations = Annotations(view, state, change);
        if (view.Reading.Problems.Count > 0) CertificateLog.Damaged(logger, _secretName, string.Join("; ", view.Reading.Problems));
        var written = await SaveAsync(view.Secret, CaSecret.Data(state), annotations, cancellation);
        CertificateLog.Changed(logger, change.ToString(), state.Phase.ToString(), Shown(state.Current), Shown(state.Next), Shown(state.Previous), _secretName);
        return written;
    }

    /// <summary>Makes every entry of the webhook configuration trust these authorities, if it does not.</summary>
    /// <param name="configuration">As read before the Secret was.</param>
    /// <param name="trusted">What caBundle has to hold.</param>
    /// <param name="secret">Null when there is none to be had.</param>
    /// <param name="isCurrent">The Secret was written since it was read.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>The Secret's version now.</returns>
    /// <exception cref="ApiServerException">One of them was changed meanwhile, or cannot be written.</exception>
    public async Task<Secret?> PublishAsync(WebhookConfiguration configuration, IReadOnlyList<X509Certificate2> trusted, Secret? secret, bool isCurrent, CancellationToken cancellation)
    {
        if (secret is not null && !isCurrent)
        {
            var mark = new Dictionary<string, string?>(StringComparer.Ordinal) { [WriterAnnotation] = $"{options.Identity} {Now()}" };
            secret = await SaveAsync(secret, new Dictionary<string, byte[]?>(StringComparer.Ordinal), mark, cancellation);
        }

        await api.ApplyCaBundleAsync(configuration, CaBundle.Write(trusted), cancellation);
        CertificateLog.Published(logger, Shown(trusted), options.WebhookConfiguration);
        return secret;
    }

    /// <summary>Adds an annotation.</summary>
    /// <exception cref="ApiServerException">It was changed meanwhile, or cannot be written.</exception>
    public Task<Secret> AnnotateAsync(Secret secret, KeyValuePair<string, string?> annotation, CancellationToken cancellation) =>
        SaveAsync(secret, new Dictionary<string, byte[]?>(StringComparer.Ordinal), new Dictionary<string, string?>(StringComparer.Ordinal) { [annotation.Key] = annotation.Value }, cancellation);

    private async Task<Secret> SaveAsync(Secret? secret, Dictionary<string, byte[]?> data, Dictionary<string, string?> annotations, CancellationToken cancellation)
    {
        if (secret is not null) return await api.ReplaceSecretAsync(secret.With(data, annotations), cancellation);
        var made = new Secret { Metadata = new() { Name = options.CaSecret, Namespace = options.Namespace }, Type = "Opaque" };
        try
        {
            return await api.CreateSecretAsync(made.With(data, annotations), cancellation);
        }
        catch (ApiServerException e) when (e.Status == StatusCodes.Status403Forbidden)
        {
            throw new ApiServerException(e.Status, e.Reason, $"{_secretName} does not exist and this server may not make it: run 'kubectl --namespace {options.Namespace} create secret generic {options.CaSecret}', an empty one will do", inner: e);
        }
    }

    private Dictionary<string, string?> Annotations(CaView view, CaState state, CaChange change)
    {
        var annotations = new Dictionary<string, string?>(StringComparer.Ordinal) { [PhaseAnnotation] = state.Phase.ToString(), [WriterAnnotation] = $"{options.Identity} {Now()}" };
        if (view.Secret?.Annotation(PhaseAnnotation) != state.Phase.ToString()) annotations[SinceAnnotation] = Now();
        if (change is CaChange.Started) annotations[RotateAnnotation] = null;
        if (view.Secret is not null && change is CaChange.Started or CaChange.Retired)
        {
            foreach (var (key, value) in ReplicaReports.None(view.Secret!)) annotations[key] = value;
        }

        return annotations;
    }

    // For people: nothing is decided by it.
    private string Now() => time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Shown(CertificateAuthority? authority) => authority is null ? "none" : authority.HasKey ? authority.Fingerprint : authority.Fingerprint + " (without its key)";

    private static string Shown(IReadOnlyList<X509Certificate2> certificates) => certificates.Count == 0 ? "none" : string.Join(", ", certificates.Select(CertificateAuthority.FingerprintOf));
}
