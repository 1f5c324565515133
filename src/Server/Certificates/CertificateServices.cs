namespace Spanhook.Server.Certificates;

/// <summary>Chooses the certificate's source.</summary>
internal static class CertificateServices
{
    public static void Add(IServiceCollection services, CertificateOptions options) => services.AddSingleton(s => Source(options, s));

    private static ICertificateSource Source(CertificateOptions options, IServiceProvider services)
    {
        var time = services.GetRequiredService<TimeProvider>();
        if (options.TlsDirectory is { } folder) return new FolderCertificateSource(folder, services.GetRequiredService<ILogger<FolderCertificateSource>>(), time);
        var source = new SelfSignedCertificateSource(options.DnsNames, time);
        if (options.CaOut is { } file) File.WriteAllText(file, source.AuthorityPem);
        return source;
    }
}
