using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Spanhook.Api;
using Spanhook.KubeClient.Configuration;

namespace Spanhook.KubeClient.Connection;

/// <summary>Runs a credential plugin (<c>client.authentication.k8s.io</c>) and keeps what it printed until that expires or is refused.</summary>
internal sealed class ExecCredentials(ExecPlugin plugin, TimeProvider time) : IDisposable
{
    /// <summary>A program that asks a cloud for a token takes seconds; one that hangs must not hang us.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly SemaphoreSlim _oneAtATime = new(1, 1);
    private Credential? _current;
    private DateTimeOffset? _expires;

    public async ValueTask<Credential> GetAsync(CancellationToken cancellation)
    {
        await _oneAtATime.WaitAsync(cancellation);
        try
        {
            if (_current is null || time.GetUtcNow() >= _expires) _current = Parse(await RunAsync(cancellation));
            return _current;
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>Forgets it, unless somebody else had it renewed already.</summary>
    public void Reject(Credential credential)
    {
        _oneAtATime.Wait();
        if (_current is { } current && current.Token == credential.Token && current.Certificate == credential.Certificate) _current = null;
        _oneAtATime.Release();
    }

    public void Dispose() => _oneAtATime.Dispose();

    private async Task<string> RunAsync(CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, patience.Token);
        using var process = Start();
        try
        {
            process.StandardInput.Close();
            var errors = process.StandardError.ReadToEndAsync(either.Token);
            var output = await process.StandardOutput.ReadToEndAsync(either.Token);
            await process.WaitForExitAsync(either.Token);
            var said = LastLine(await errors);
            return process.ExitCode == 0 ? output : throw Problem(string.Create(CultureInfo.InvariantCulture, $"it ended with {process.ExitCode}: {said}"));
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            cancellation.ThrowIfCancellationRequested();
            throw Problem($"it did not end within {Patience.TotalSeconds:0} s");
        }
    }

    private Process Start()
    {
        var start = new ProcessStartInfo(plugin.Command, plugin.Arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var (name, value) in plugin.Environment) start.Environment[name] = value;
        start.Environment["KUBERNETES_EXEC_INFO"] = plugin.Info;
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw Problem($"it cannot be started: {e.Message}{(plugin.InstallHint is null ? "" : "; " + plugin.InstallHint)}");
        }
    }

    private Credential Parse(string output)
    {
        try
        {
            using var json = JsonDocument.Parse(output);
            var root = json.RootElement;
            if (root.Text("kind"u8) != "ExecCredential" || root.Text("apiVersion"u8) != plugin.ApiVersion)
                throw Problem($"it did not print an ExecCredential of {plugin.ApiVersion}: let it print that version, or write the one it prints as apiVersion of exec");
            var status = root.Member("status"u8);
            var (token, certificate, key) = (status.Text("token"u8), status.Text("clientCertificateData"u8), status.Text("clientKeyData"u8));
            if (token is null && certificate is null) throw Problem("its ExecCredential has neither status.token nor status.clientCertificateData");
            if (certificate is null != key is null) throw Problem("its ExecCredential has only one of status.clientCertificateData and status.clientKeyData");
            _expires = status.Text("expirationTimestamp"u8) is { } text && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out var at) ? at : null;
            return new Credential(token, certificate is null ? null : ClientCertificate.Parse(certificate, key!, plugin.Command));
        }
        catch (JsonException)
        {
            // What it printed may be a secret.
            throw Problem("it did not print JSON");
        }
    }

    private static string LastLine(string text)
    {
        var line = text.Trim().Split('\n')[^1].Trim();
        return line.Length > 300 ? line[..300] : line;
    }

    private ApiServerException Problem(string message) => new(0, ApiServerException.Unreachable, $"the credential plugin {plugin.Command}: {message}");
}
