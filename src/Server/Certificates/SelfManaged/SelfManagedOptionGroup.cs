using System.CommandLine;
using System.Globalization;
using Spanhook.Server.Hosting;

namespace Spanhook.Server.Certificates.SelfManaged;

/// <summary>The options of <see cref="SelfManagedOptions"/>: with --api-server and without --tls-dir they count, else they are not looked at.</summary>
internal sealed class SelfManagedOptionGroup(ServerSettings settings) : OptionGroup<SelfManagedOptions>
{
    /// <summary>Replicas look every few seconds: what is shorter cannot be observed.</summary>
    public static readonly TimeSpan ShortestPublishDelay = CertificateKeeper.Poll;

    /// <summary>A replica says four times within it that it is alive.</summary>
    public static readonly TimeSpan ShortestRetireDelay = CertificateKeeper.Poll * 4;

    private const int MaxName = 253;

    private static readonly SelfManagedOptions Default = new();

    private readonly Option<string?> _namespace =
        settings.Text("--namespace", "NAME", "Namespace of the server's Service, Secret and Lease. Default: that of the service account or of the kubeconfig's context, else spanhook.", null);

    private readonly Option<string?> _service = settings.Text("--service", "NAME", "Service that API servers call; names the certificate.", Default.Service);
    private readonly Option<string?> _configuration = settings.Text("--webhook-configuration", "NAME", "MutatingWebhookConfiguration whose caBundle is kept.", Default.WebhookConfiguration);
    private readonly Option<string?> _secret = settings.Text("--ca-secret", "NAME", "Secret with the authorities of the certificate.", Default.CaSecret);
    private readonly Option<string?> _lease = settings.Text("--lease", "NAME", "Lease that chooses the replica which writes Secret and caBundle.", Default.Lease);
    private readonly Option<string?> _identity = settings.Text("--identity", "NAME", "Name of this replica in the Lease. Default: POD_NAME of the environment, else the host's name.", null);
    private readonly Option<string?> _caLifetime = settings.Text("--ca-lifetime", "DURATION", "How long an authority is valid; the next one is made after two thirds of it.", "8760h");
    private readonly Option<string?> _leafLifetime = settings.Text("--leaf-lifetime", "DURATION", "How long the serving certificate is valid; it is renewed after two thirds of it.", "168h");
    private readonly Option<string?> _publishDelay = settings.Text("--ca-publish-delay", "DURATION", "How long a new authority is in caBundle before anything is signed by it.", "60s");
    private readonly Option<string?> _retireDelay = settings.Text("--ca-retire-delay", "DURATION", "How long the old authority stays in caBundle after the new one signs.", "1h");

    public string? Namespace(ParseResult result) => result.GetValue(_namespace);

    public override SelfManagedOptions Read(ParseResult result) => new()
    {
        Service = result.GetValue(_service)!,
        WebhookConfiguration = result.GetValue(_configuration)!,
        CaSecret = result.GetValue(_secret)!,
        Lease = result.GetValue(_lease)!,
        Identity = result.GetValue(_identity) ?? Environment.GetEnvironmentVariable("POD_NAME") ?? Environment.MachineName,
        CaLifetime = Duration(result, _caLifetime),
        LeafLifetime = Duration(result, _leafLifetime),
        CaPublishDelay = Duration(result, _publishDelay),
        CaRetireDelay = Duration(result, _retireDelay),
    };

    public override IEnumerable<string> Problems(ParseResult result)
    {
        foreach (var option in new[] { _namespace, _service, _configuration, _secret, _lease })
        {
            if (result.GetValue(option) is { } name && !IsName(name)) yield return $"{option.Name} '{name}' is no name of an object: write lower-case letters, digits and '-', for example spanhook";
        }

        if (result.GetValue(_identity) is { } identity && string.IsNullOrWhiteSpace(identity)) yield return "--identity is empty: give the name of the pod, or leave it out";
        var wrong = new[] { (_caLifetime, "8760h"), (_leafLifetime, "168h"), (_publishDelay, "60s"), (_retireDelay, "1h") }
            .Where(option => DurationText.Parse(result.GetValue(option.Item1)) is not { } value || value <= TimeSpan.Zero)
            .Select(option => $"{option.Item1.Name} '{result.GetValue(option.Item1)}' is no duration: write for example {option.Item2}")
            .ToList();
        foreach (var problem in wrong.Count > 0 ? wrong : Relations(Read(result))) yield return problem;
    }

    private static IEnumerable<string> Relations(SelfManagedOptions options)
    {
        if (options.LeafLifetime >= options.CaLifetime) yield return $"--leaf-lifetime {Shown(options.LeafLifetime)} is not shorter than --ca-lifetime {Shown(options.CaLifetime)}: an authority outlives what it signs";
        if (options.CaPublishDelay < ShortestPublishDelay) yield return $"--ca-publish-delay {Shown(options.CaPublishDelay)} is too short: caBundle is looked at every {Shown(CertificateKeeper.Poll)}, so write that or more";
        if (options.CaRetireDelay < ShortestRetireDelay) yield return $"--ca-retire-delay {Shown(options.CaRetireDelay)} is too short: replicas need {Shown(ShortestRetireDelay)} to say what they serve";
        if (options.CaPublishDelay + options.CaRetireDelay >= options.CaLifetime / 3)
            yield return $"--ca-lifetime {Shown(options.CaLifetime)} is too short: its last third has to be longer than --ca-publish-delay and --ca-retire-delay together";
    }

    private static TimeSpan Duration(ParseResult result, Option<string?> option) => DurationText.Parse(result.GetValue(option)) ?? TimeSpan.Zero;

    private static bool IsName(string name) =>
        name.Length is > 0 and <= MaxName && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '.') && char.IsAsciiLetterOrDigit(name[0]) && char.IsAsciiLetterOrDigit(name[^1]);

    private static string Shown(TimeSpan duration) => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds:0.###}s");
}
