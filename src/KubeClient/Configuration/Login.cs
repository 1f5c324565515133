namespace Spanhook.KubeClient.Configuration;

/// <summary>Who we are to the API server. No records: their text would show secrets.</summary>
internal sealed class Login
{
    public static readonly Login Anonymous = new();

    public string? Token { get; init; }

    /// <summary>Read again as it changes; wins over <see cref="Token"/>.</summary>
    public string? TokenFile { get; init; }
    public PemSource? Certificate { get; init; }
    public PemSource? Key { get; init; }
    public ExecPlugin? Exec { get; init; }

    /// <summary>Headers that ask to act as somebody else.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Impersonation { get; init; } = [];
}

/// <summary>A program that prints an ExecCredential.</summary>
internal sealed class ExecPlugin
{
    public required string Command { get; init; }
    public required string ApiVersion { get; init; }
    public IReadOnlyList<string> Arguments { get; init; } = [];
    public IReadOnlyList<KeyValuePair<string, string>> Environment { get; init; } = [];

    /// <summary>What to do when the program is not there.</summary>
    public string? InstallHint { get; init; }

    /// <summary>The JSON for KUBERNETES_EXEC_INFO.</summary>
    public required string Info { get; init; }
}

/// <summary>PEM text, or the file that holds it, which may change.</summary>
internal sealed class PemSource
{
    private PemSource(string? file, string? text, string field) => (File, Text, Field) = (file, text, field);

    public string? File { get; }
    public string? Text { get; }

    /// <summary>Where it was named, for messages.</summary>
    public string Field { get; }

    public static PemSource OfFile(string file, string field) => new(file, null, field);

    public static PemSource OfText(string text, string field) => new(null, text, field);
}
