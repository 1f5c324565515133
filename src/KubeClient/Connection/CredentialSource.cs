using Spanhook.KubeClient.Configuration;

namespace Spanhook.KubeClient.Connection;

/// <summary>The current credential of a login: what is written, files that are renewed, or the answer of a program.</summary>
internal sealed class CredentialSource : IDisposable
{
    private readonly Login _login;
    private readonly WatchedFile? _token;
    private readonly CurrentPem? _certificate;
    private readonly CurrentPem? _key;
    private readonly ExecCredentials? _exec;
    private ClientCertificate? _parsed;

    public CredentialSource(Login login, TimeProvider time)
    {
        _login = login;
        _token = login.TokenFile is { } file ? new WatchedFile(file, "tokenFile", time) : null;
        (_certificate, _key) = (login.Certificate is null ? null : new(login.Certificate, time), login.Key is null ? null : new(login.Key, time));
        _exec = login.Exec is null ? null : new ExecCredentials(login.Exec, time);
    }

    /// <summary>The headers that ask to act as somebody else.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Impersonation => _login.Impersonation;

    /// <exception cref="ApiServerException">There is none to be had now.</exception>
    public async ValueTask<Credential> GetAsync(CancellationToken cancellation)
    {
        var token = _token?.Text() ?? _login.Token;
        if (_exec is not null)
        {
            var printed = await _exec.GetAsync(cancellation);
            return token is null ? printed : new Credential(token, printed.Certificate);
        }

        return new Credential(token, Certificate());
    }

    /// <summary>After a 401: what can be had anew is, at the next <see cref="GetAsync"/>.</summary>
    public void Reject(Credential credential)
    {
        _token?.Forget();
        _certificate?.Forget();
        _key?.Forget();
        _exec?.Reject(credential);
    }

    public void Dispose() => _exec?.Dispose();

    private ClientCertificate? Certificate()
    {
        if (_certificate is null || _key is null) return null;
        var (certificate, key) = (_certificate.Text(), _key.Text());
        return _parsed?.Pem == certificate + key ? _parsed : _parsed = ClientCertificate.Parse(certificate, key, _certificate.Field);
    }
}
