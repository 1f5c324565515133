using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace Spanhook.EndToEnd.ControlPlanes;

/// <summary>What one run of kubectl gave.</summary>
internal sealed record KubectlResult(int ExitCode, string Out, string Error)
{
    public bool Succeeded => ExitCode == 0;

    public JsonNode Json => JsonNode.Parse(Out)!;

    /// <summary>Every JSON document of the output, one after the other.</summary>
    public IReadOnlyList<JsonNode> Documents()
    {
        var documents = new List<JsonNode>();
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(Out), new JsonReaderOptions { AllowMultipleValues = true });
        while (reader.Read()) documents.Add(JsonNode.Parse(ref reader)!);
        return documents;
    }
}

/// <summary>The real kubectl, as somebody with this kubeconfig.</summary>
internal sealed class Kubectl(string kubeconfig)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static bool IsPresent { get; } = ProbeAsync().GetAwaiter().GetResult();

    public string Kubeconfig => kubeconfig;

    public Task<KubectlResult> TryAsync(params string[] arguments) => RunAsync(kubeconfig, arguments, null);

    /// <exception cref="InvalidOperationException">kubectl failed; the message is its own.</exception>
    public async Task<KubectlResult> RunAsync(params string[] arguments) => Checked(arguments, await TryAsync(arguments));

    /// <summary>With text on standard input, for <c>-f -</c>.</summary>
    public Task<KubectlResult> TryWithAsync(string input, params string[] arguments) => RunAsync(kubeconfig, arguments, input);

    public async Task<KubectlResult> WithAsync(string input, params string[] arguments) => Checked(arguments, await TryWithAsync(input, arguments));

    /// <summary>As a GitOps tool does it: server-side, with a field manager of its own.</summary>
    public Task<KubectlResult> ApplyAsync(string manifest) => WithAsync(manifest, "apply", "--server-side", "--field-manager=end-to-end", "--force-conflicts", "-f", "-");

    public async Task<JsonNode> GetAsync(string kind, string name, string? ns = null) =>
        (await RunAsync(["get", kind, name, "-o", "json", .. InNamespace(ns)])).Json;

    public async Task<IReadOnlyList<JsonNode>> ListAsync(string kind, string ns, string? selector = null) =>
        [.. (await RunAsync(["get", kind, "-n", ns, "-o", "json", .. selector is null ? [] : new[] { "-l", selector }])).Json["items"]!.AsArray().Select(item => item!)];

    private static string[] InNamespace(string? ns) => ns is null ? [] : ["-n", ns];

    private static KubectlResult Checked(string[] arguments, KubectlResult result) => result.Succeeded
        ? result
        : throw new InvalidOperationException($"kubectl {string.Join(' ', arguments)}: exit code {result.ExitCode}: {result.Error.Trim()}");

    private static async Task<bool> ProbeAsync()
    {
        try
        {
            return (await RunAsync("", ["version", "--client"], null)).Succeeded;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }

    private static async Task<KubectlResult> RunAsync(string kubeconfig, string[] arguments, string? input)
    {
        var start = new ProcessStartInfo("kubectl", arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.Environment["KUBECONFIG"] = kubeconfig;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        if (input is not null) await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        try
        {
            await process.WaitForExitAsync().WaitAsync(Patience);
        }
        catch (TimeoutException e)
        {
            process.Kill();
            throw new InvalidOperationException($"kubectl {string.Join(' ', arguments)}: no answer within {Patience.TotalSeconds:0} s", e);
        }

        return new KubectlResult(process.ExitCode, await output, await error);
    }
}
