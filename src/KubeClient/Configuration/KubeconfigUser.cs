using System.Text;
using System.Text.Json;
using Spanhook.Api;

namespace Spanhook.KubeClient.Configuration;

/// <summary>A user of a kubeconfig.</summary>
internal static class KubeconfigUser
{
    private static readonly string[] ExecVersions = ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"];

    /// <summary>
    /// What wins where several are written, as with kubectl: tokenFile over token, both over the token of exec. A client certificate is shown
    /// beside any of them, and may not come from two places.
    /// </summary>
    public static Login Read(KubeconfigEntry user, KubeconfigEntry cluster, PemSource? authority)
    {
        if (user.Has("username") || user.Has("password"))
            throw user.Problem(user.Has("username") ? "username" : "password", "API servers have taken no passwords since Kubernetes 1.19: use token, client-certificate or exec");
        if (user.Has("auth-provider")) throw user.Problem("auth-provider", "was removed in Kubernetes 1.26: use exec");
        if (user.Has("as-user-extra")) throw user.Problem("as-user-extra", "is not supported: remove it");
        var (certificate, key) = (user.Pem("client-certificate"), user.Pem("client-key"));
        if (certificate is null != key is null)
            throw user.Problem(certificate is null ? "client-certificate" : "client-key", "is missing: a client needs client-certificate and client-key (or both with -data)");
        var exec = user.Child("exec");
        if (exec is not null && certificate is not null) throw user.Problem("exec", "contradicts client-certificate: remove one of them");
        return new Login
        {
            Token = user.Text("token"),
            TokenFile = user.PathIn("tokenFile"),
            Certificate = certificate,
            Key = key,
            Exec = exec is null ? null : Exec(exec, cluster, authority),
            Impersonation = Impersonation(user),
        };
    }

    private static List<KeyValuePair<string, string>> Impersonation(KubeconfigEntry user)
    {
        var headers = new List<KeyValuePair<string, string>>();
        if (user.Text("as") is { } name) headers.Add(new("Impersonate-User", name));
        if (user.Text("as-uid") is { } uid) headers.Add(new("Impersonate-Uid", uid));
        headers.AddRange(user.Texts("as-groups").Select(group => KeyValuePair.Create("Impersonate-Group", group)));
        return headers;
    }

    private static ExecPlugin Exec(KubeconfigEntry exec, KubeconfigEntry cluster, PemSource? authority)
    {
        var command = exec.Text("command") ?? throw exec.Problem("command", "is missing: write the program that prints an ExecCredential");
        var version = exec.Text("apiVersion") ?? throw exec.Problem("apiVersion", $"is missing: write {ExecVersions[0]}");
        if (!ExecVersions.Contains(version, StringComparer.Ordinal)) throw exec.Problem("apiVersion", $"'{version}' is not supported: write {string.Join(" or ", ExecVersions)}");
        if (exec.Text("interactiveMode") == "Always") throw exec.Problem("interactiveMode", "Always needs somebody at a terminal: write Never or IfAvailable");
        return new ExecPlugin
        {
            // As kubectl: a bare name is looked for on PATH, a relative path stands for a file beside the kubeconfig.
            Command = command.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal) ? Path.GetFullPath(command, exec.Folder) : command,
            ApiVersion = version,
            Arguments = exec.Texts("args"),
            Environment = [.. exec.Items("env").Select(item => KeyValuePair.Create(
                item.Text("name") ?? throw item.Problem("name", "is missing: write the variable's name"), item.Text("value") ?? ""))],
            InstallHint = exec.Text("installHint"),
            Info = Info(version, exec.Flag("provideClusterInfo") ? cluster : null, authority),
        };
    }

    /// <summary>The ExecCredential that the program is given: nobody sits at a terminal, and perhaps the cluster.</summary>
    private static string Info(string version, KubeconfigEntry? cluster, PemSource? authority)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("kind", "ExecCredential");
            writer.WriteString("apiVersion", version);
            writer.WriteStartObject("spec");
            if (cluster is not null) WriteCluster(writer, cluster, authority);
            writer.WriteBoolean("interactive", false);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static void WriteCluster(Utf8JsonWriter writer, KubeconfigEntry cluster, PemSource? authority)
    {
        writer.WriteStartObject("cluster");
        writer.WriteString("server", cluster.Text("server"));
        if (cluster.Text("tls-server-name") is { } name) writer.WriteString("tls-server-name", name);
        if (cluster.Flag("insecure-skip-tls-verify")) writer.WriteBoolean("insecure-skip-tls-verify", true);
        if (cluster.Text("proxy-url") is { } proxy) writer.WriteString("proxy-url", proxy);
        if (authority is not null)
            writer.WriteBase64String("certificate-authority-data", authority.Text is { } text ? Encoding.UTF8.GetBytes(text) : File.ReadAllBytes(authority.File!));

        // The cluster's settings for plugins stand among its extensions under a name of their own.
        if (cluster.Items("extensions").FirstOrDefault(item => item.Text("name") == "client.authentication.k8s.io/exec")?.Json.Member("extension"u8) is { ValueKind: not JsonValueKind.Undefined } config)
        {
            writer.WritePropertyName("config");
            config.WriteTo(writer);
        }

        writer.WriteEndObject();
    }
}
