using System.Runtime.InteropServices;
using System.Security.Authentication;
using System.Text.Json;
using System.Text.Json.Nodes;
using Spanhook.Injection.Patching;
using Spanhook.Manifests;

namespace Spanhook.Demo;

/// <summary>The whole play: start the webhook, ask as an API server asks, show what became of each pod, stop.</summary>
internal static class DemoRun
{
    private const int Context = 2;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    /// <summary>0 when everything was as it must be; else 1, with one sentence on standard error.</summary>
    public static async Task<int> RunAsync(bool keep)
    {
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
        bounded.CancelAfter(Longest);
        var folder = Directory.CreateTempSubdirectory("spanhook-demo-").FullName;
        try
        {
            await PlayAsync(new DemoScreen(), folder, keep, bounded, stop.Token);
            return 0;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested && keep)
        {
            return 0;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync(stop.IsCancellationRequested ? "demo: stopped before its end" : $"demo: not done within {Longest.TotalSeconds:0} s");
            return 1;
        }
        catch (Exception e) when (e is DemoException or ManifestException or IOException or JsonException or HttpRequestException or AuthenticationException)
        {
            await Console.Error.WriteLineAsync($"demo: {(e as HttpRequestException)?.InnerException?.Message ?? e.Message}");
            return 1;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        void OnSignal(PosixSignalContext context)
        {
            context.Cancel = true; // first the server stops, then we
            stop.Cancel();
        }
    }

    private static async Task PlayAsync(DemoScreen screen, string folder, bool keep, CancellationTokenSource bounded, CancellationToken stop)
    {
        var samples = Samples();
        await using var server = await DemoServer.StartAsync(Path.Combine(samples, "cluster"), folder, bounded.Token);
        using var api = new ApiServer(server.Url, server.CaFile);
        await api.WaitUntilReadyAsync(bounded.Token);
        screen.Heading("Spanhook");
        screen.Fact("serving", server.Url.ToString());
        screen.Fact("trusting", server.CaFile);
        screen.Fact("cluster", "samples/cluster");

        JsonObject? review = null;
        foreach (var workload in Workload.All)
        {
            var asked = await ShowAsync(screen, api, workload, Path.Combine(samples, "workloads"), bounded.Token);
            review ??= asked;
        }

        screen.Blank();
        if (keep) await KeepAsync(screen, server, review!, folder, bounded, stop);
        await server.StopAsync();
        if (!keep) screen.Heading($"{Workload.All.Count} pods injected; the server is stopped.");
    }

    private static async Task<JsonObject> ShowAsync(DemoScreen screen, ApiServer api, Workload workload, string folder, CancellationToken cancellation)
    {
        var template = workload.Read(folder);
        var ns = template.Workload.Namespace ?? "default";
        var pod = PodOfReplicaSet.Make(template, ns, workload.Hash);
        var before = ManifestWriter.ToYaml(pod);
        var review = ApiServer.Review(pod, ns, Guid.NewGuid().ToString());
        var answer = await api.AskAsync(review, cancellation);
        var stored = JsonPatchApplier.Apply(pod, answer.Patch);

        screen.Blank();
        screen.Heading($"The pod of Deployment {ns}/{template.Workload.Name}, as its ReplicaSet creates it and as it is stored");
        screen.Diff(LineDiff.Unified(before, ManifestWriter.ToYaml(stored), Context));
        screen.Answer(answer, Additions.Between(review["request"]!["object"]!, stored));
        var injected = new InjectedPod(stored);
        foreach (var check in workload.Checks)
        {
            var isSo = check.IsTrue(injected);
            screen.Check(check.Words, isSo);
            if (!isSo) throw new DemoException($"{workload.File}, {workload.Name}: it is not so that {check.Words}");
        }

        return review;
    }

    private static async Task KeepAsync(DemoScreen screen, DemoServer server, JsonObject review, string folder, CancellationTokenSource bounded, CancellationToken stop)
    {
        bounded.CancelAfter(Timeout.InfiniteTimeSpan);
        var file = Path.Combine(folder, "review.json");
        await File.WriteAllTextAsync(file, ManifestWriter.ToJson(review), stop);
        screen.Heading("The server keeps running; Ctrl-C stops it. Ask it from another terminal:");
        screen.Plain($"  curl --cacert {server.CaFile} -H 'Content-Type: application/json' --data @{file} {server.Url}");
        screen.Blank();
        server.Follow(screen.Plain);
        try
        {
            // A terminal's Ctrl-C reaches the server too, which may end first; its exit code tells that from a crash.
            await server.WaitAsync(stop);
        }
        catch (OperationCanceledException)
        {
            // Only we were asked to stop; the server is asked next.
        }
    }

    private static string Samples()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var samples = Path.Combine(folder.FullName, "samples");
            if (Directory.Exists(Path.Combine(samples, "cluster"))) return samples;
        }

        throw new DemoException($"there is no samples/cluster in any folder above {AppContext.BaseDirectory}: run the demo from a working copy");
    }
}
