using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Spanhook.Server.Files;
using Spanhook.Server.Tests.Support;

namespace Spanhook.Server.Tests.Hosting;

/// <summary>Who may ask for admissions when <c>--client-ca</c> is set; certificates are real ones.</summary>
public sealed class ClientCertificateTests : IDisposable
{
    private const string ClientAuth = "1.3.6.1.5.5.7.3.2";
    private const string ServerAuth = "1.3.6.1.5.5.7.3.1";

    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    private readonly TempFolder _folder = new();
    private readonly X509Certificate2 _authority = Authority("CN=front proxy authority");
    private readonly X509Certificate2 _stranger = Authority("CN=front proxy authority");

    public void Dispose()
    {
        _authority.Dispose();
        _stranger.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("valid", 200, "\"patch\"")]
    [InlineData("valid by DNS name", 200, "\"patch\"")]
    [InlineData("none", 403, "a client certificate is required")]
    [InlineData("expired", 403, "not valid at this time")]
    [InlineData("not yet valid", 403, "not valid at this time")]
    [InlineData("of a server", 403, "clientAuth")]
    [InlineData("of another authority", 403, "no authority of --client-ca")]
    [InlineData("signed by itself", 403, "no authority of --client-ca")]
    [InlineData("of another name", 403, "--client-name")]
    public async Task Only_a_valid_certificate_of_an_allowed_name_may_ask(string which, int status, string text)
    {
        await using var server = await StartAsync("kube-apiserver", "apiserver.example.com");
        using var certificate = Make(which);
        var (code, answer) = await PostAsync(server, certificate);
        Assert.Equal(status, code);
        Assert.Contains(text, answer, StringComparison.Ordinal);
        if (status == 403) Assert.Contains(server.Log.All, line => line.IsOurs && line.Message.Contains("403", StringComparison.Ordinal) && line.Message.Contains(text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_a_name_every_client_of_the_authority_may_ask()
    {
        await using var server = await StartAsync();
        using var certificate = Make("of another name");
        Assert.Equal(200, (await PostAsync(server, certificate)).Status);
    }

    [Fact]
    public async Task Probes_need_no_certificate()
    {
        await using var server = await StartAsync("kube-apiserver");
        Assert.Equal(HttpStatusCode.OK, (await server.SendAsync(HttpMethod.Get, "/livez")).Status);
        Assert.Equal(HttpStatusCode.OK, (await server.SendAsync(HttpMethod.Get, "/readyz")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await server.PostAsync(Reviews.Java())).Status);
    }

    [Fact]
    public async Task A_changed_file_counts_for_the_next_connection_and_a_broken_one_changes_nothing()
    {
        var time = new ShiftedTime();
        await using var server = await StartAsync(time);
        using var certificate = Make("of another authority");
        Assert.Equal(403, (await PostAsync(server, certificate)).Status);
        _folder.Write("ca.crt", _authority.ExportCertificatePem() + "\n" + _stranger.ExportCertificatePem());
        time.Advance(FilesInUse.Interval);
        Assert.Equal(200, (await PostAsync(server, certificate)).Status);
        _folder.Write("ca.crt", "-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n");
        time.Advance(FilesInUse.Interval);
        Assert.Equal(200, (await PostAsync(server, certificate)).Status);
        Assert.Contains(server.Log.All, line => line.Message.Contains("Kept the client authorities", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_file_without_a_certificate_is_told_at_the_start()
    {
        var file = _folder.Write("empty.crt", "");
        var failure = await Assert.ThrowsAsync<CryptographicException>(() => Webhook.StartAsync(options: set => set with { Serving = set.Serving with { ClientAuthority = file } }));
        Assert.Contains(file, failure.Message, StringComparison.Ordinal);
    }

    private static X509Certificate2 Authority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        return request.CreateSelfSigned(Now.AddYears(-1), Now.AddYears(1));
    }

    private X509Certificate2? Make(string which) => which switch
    {
        "none" => null,
        "valid" => Client(_authority),
        "valid by DNS name" => Client(_authority, name: "CN=replica-7", dns: "apiserver.example.com"),
        "expired" => Client(_authority, from: Now.AddDays(-9), until: Now.AddDays(-1)),
        "not yet valid" => Client(_authority, from: Now.AddDays(1)),
        "of a server" => Client(_authority, usage: ServerAuth),
        "of another authority" => Client(_stranger),
        "signed by itself" => Client(null),
        _ => Client(_authority, name: "CN=kube-apiserver-2"),
    };

    private static X509Certificate2 Client(X509Certificate2? issuer, string name = "CN=kube-apiserver", string? dns = null, string usage = ClientAuth, DateTimeOffset? from = null, DateTimeOffset? until = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
        if (dns is not null)
        {
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName(dns);
            request.CertificateExtensions.Add(names.Build());
        }

        var (start, end) = (from ?? Now.AddDays(-1), until ?? Now.AddDays(9));
        if (issuer is null) return request.CreateSelfSigned(start, end);

        // As real authorities do: the key tells the old authority from the new one of the same name.
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(issuer, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        using var issued = request.Create(issuer, start, end, [1, 2, 3, 4]);
        return issued.CopyWithPrivateKey(key);
    }

    private Task<Webhook> StartAsync(params string[] names) => StartAsync(TimeProvider.System, names);

    private Task<Webhook> StartAsync(TimeProvider time, params string[] names)
    {
        var file = _folder.Write("ca.crt", _authority.ExportCertificatePem());
        return Webhook.StartAsync(configure: builder => builder.Services.AddSingleton(time), options: set => set with { Serving = set.Serving with { ClientAuthority = file, ClientNames = names } });
    }

    private static async Task<(int Status, string Answer)> PostAsync(Webhook server, X509Certificate2? certificate)
    {
        await using var stream = await server.ConnectAsync(System.Security.Authentication.SslProtocols.None, options =>
        {
            if (certificate is not null) options.ClientCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true);
        });
        var body = Reviews.Java().ToJsonString();
        await stream.WriteAsync(Encoding.UTF8.GetBytes($"POST /mutate-v1-pod HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}"), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream);
        var answer = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
        return (int.Parse(answer.AsSpan(9, 3), System.Globalization.CultureInfo.InvariantCulture), answer);
    }
}
