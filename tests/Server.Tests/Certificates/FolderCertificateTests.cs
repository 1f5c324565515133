using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using Spanhook.Server.Certificates;
using Spanhook.Server.Files;
using Spanhook.Server.Tests.Support;

namespace Spanhook.Server.Tests.Certificates;

/// <summary>tls.crt and tls.key of a folder, as cert-manager renews them.</summary>
public sealed class FolderCertificateTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly TempFolder _folder = new();
    private readonly LogLines _log = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_new_pair_is_presented_after_the_interval()
    {
        WritePair("CN=first");
        using var source = Open();
        WritePair("CN=second");
        Assert.Equal("CN=first", Subject(source));
        _time.Advance(FilesInUse.Interval);
        Assert.Equal("CN=second", Subject(source));
    }

    [Fact]
    public void The_pair_of_a_mounted_Secret_is_presented_when_the_kubelet_swaps_the_folder_behind_its_links()
    {
        using var mounted = new MountedVolume(_folder);
        mounted.Swap(Files("CN=first"));
        using var source = Open();
        mounted.Swap(Files("CN=second"));
        _time.Advance(FilesInUse.Interval);
        Assert.Equal("CN=second", Subject(source));

        static (string, string)[] Files(string subject)
        {
            var (certificate, key) = MakePair(subject);
            return [("tls.crt", certificate), ("tls.key", key)];
        }
    }

    [Fact]
    public void A_pair_that_is_over_keeps_the_old_one_and_cannot_be_started_with()
    {
        WritePair("CN=first");
        using var source = Open();
        var (certificate, key) = MakePair("CN=over", until: _time.GetUtcNow().AddDays(-1));
        _folder.Write("tls.crt", certificate);
        _folder.Write("tls.key", key);
        _time.Advance(FilesInUse.Interval);
        Assert.Equal("CN=first", Subject(source));
        Assert.Contains("ended on 2029-12-31", Assert.Single(_log.All, line => line.Level == LogLevel.Error).Message, StringComparison.Ordinal);
        Assert.Throws<CryptographicException>(Open);
    }

    [Fact]
    public void The_same_pair_is_not_read_again()
    {
        WritePair("CN=first");
        using var source = Open();
        var context = source.Current;
        _time.Advance(FilesInUse.Interval);
        Assert.Same(context, source.Current);
    }

    [Theory]
    [InlineData("another key")]
    [InlineData("no PEM")]
    [InlineData("empty")]
    [InlineData("gone")]
    public void A_broken_pair_keeps_the_old_one_until_it_is_whole_again(string how)
    {
        WritePair("CN=first");
        using var source = Open();
        Break(how);
        _time.Advance(FilesInUse.Interval);
        Assert.Equal("CN=first", Subject(source));
        var line = Assert.Single(_log.All, line => line.Level == LogLevel.Error);
        Assert.Contains(_folder.Path, line.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("PRIVATE KEY", line.Message, StringComparison.Ordinal);

        WritePair("CN=second");
        _time.Advance(FilesInUse.Interval);
        Assert.Equal("CN=second", Subject(source));
    }

    [Fact]
    public void A_pair_that_is_half_written_is_taken_when_the_other_half_comes()
    {
        WritePair("CN=first");
        using var source = Open();
        var (certificate, key) = MakePair("CN=second");
        _folder.Write("tls.crt", certificate);
        _time.Advance(FilesInUse.Interval);
        Assert.Equal("CN=first", Subject(source));
        _folder.Write("tls.key", key);
        _time.Advance(FilesInUse.Interval);
        Assert.Equal("CN=second", Subject(source));
    }

    [Theory]
    [InlineData("another key")]
    [InlineData("no PEM")]
    [InlineData("gone")]
    public void A_broken_pair_at_the_start_is_an_error_that_the_server_reports(string how)
    {
        WritePair("CN=first");
        Break(how);
        var failure = Record.Exception(Open);
        Assert.True(failure is CryptographicException or IOException, failure?.ToString());
    }

    [Fact]
    public async Task The_server_presents_the_pair_of_the_folder()
    {
        WritePair("CN=localhost");
        _folder.Write("ca.crt", await File.ReadAllTextAsync(_folder.PathOf("tls.crt"), TestContext.Current.CancellationToken));
        await using var server = await Webhook.StartAsync(options: set => set with { Certificates = new() { TlsDirectory = _folder.Path } }, caFile: _folder.PathOf("ca.crt"));
        await server.AssertServesAsync();
    }

    private void Break(string how)
    {
        switch (how)
        {
            case "another key": _folder.Write("tls.key", MakePair("CN=other").Key); break;
            case "no PEM": _folder.Write("tls.crt", "no certificate"); break;
            case "empty": _folder.Write("tls.crt", ""); break;
            default: File.Delete(_folder.PathOf("tls.key")); break;
        }
    }

    private FolderCertificateSource Open() => new(_folder.Path, _log.For<FolderCertificateSource>(), _time);

    private void WritePair(string subject)
    {
        var (certificate, key) = MakePair(subject);
        _folder.Write("tls.crt", certificate);
        _folder.Write("tls.key", key);
    }

    private static (string Certificate, string Key) MakePair(string subject, DateTimeOffset? until = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, until ?? DateTimeOffset.UnixEpoch.AddYears(200));
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    private static string Subject(FolderCertificateSource source) => source.Current.TargetCertificate.Subject;
}
