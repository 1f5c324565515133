using System.Diagnostics;
using System.Globalization;
using Spanhook.Server.Admission;
using Spanhook.Support;

namespace Spanhook.Benchmarks.Https;

/// <summary>The whole way over HTTPS on this machine, load generator included. Bounded: about a minute.</summary>
internal static class HttpsReport
{
    private const int Rounds = 41;
    private const int Starts = 5;

    // An answer with a patch is longer than any without: what is not injected must not count as fast.
    private const int Injected = 700;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(4);

    // Short and many: what else the machine does comes and goes within seconds, and should hit an endpoint and its yardstick alike.
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(0.75);

    /// <param name="server">The server as it is shipped.</param>
    public static async Task<string> RunAsync(string server)
    {
        var folder = Directory.CreateTempSubdirectory("spanhook-benchmark-");
        try
        {
            var cluster = Path.Combine(folder.FullName, "cluster.yaml");
            await File.WriteAllTextAsync(cluster, Reviews.Manifests);
            using var load = new LoadGenerator();
            var table = new Table("over HTTPS, reviews of 10 KB", "measured", "budget");
            await CompareWithParsingAsync(load, cluster, table);
            await MeasureShippedAsync(load, server, cluster, table);
            return table.ToString();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Both endpoints of one process in turn, so that what else the machine does hits both alike; the median of the rounds' ratios.</summary>
    private static async Task CompareWithParsingAsync(LoadGenerator load, string cluster, Table table)
    {
        using var process = ServerProcess.Start(Environment.ProcessPath!, port => OwnArguments("parse-only", cluster, port));
        var (yardstick, mutate) = (new Uri(process.Address, ParseOnlyServer.Path), new Uri(process.Address, MutateEndpoint.Path));
        var (injected, notSelected) = (Reviews.OneContainer(), Reviews.NotSelected());
        await load.FirstAnswerAsync(process, yardstick, injected, 1, Stopwatch.StartNew());
        await load.RunAsync(yardstick, injected, WarmUp, 1);
        await load.RunAsync(mutate, injected, WarmUp, Injected);

        var rounds = new List<(double Parse, double Injected, double NotSelected)>();
        for (var i = 0; i < Rounds; i++)
        {
            var parse = await load.RunAsync(yardstick, injected, Round, 1);
            rounds.Add((parse.PerSecond, (await load.RunAsync(mutate, injected, Round, Injected)).PerSecond, (await load.RunAsync(mutate, notSelected, Round, 1)).PerSecond));
        }

        var ratio = Median(rounds.Select(round => round.Injected / round.Parse));
        table.Add("requests per second: parse the body, answer a constant", Number(Median(rounds.Select(round => round.Parse))), "–");
        table.Add("requests per second: java into one container", Number(Median(rounds.Select(round => round.Injected))), "–");
        table.Add("requests per second: not selected", Number(Median(rounds.Select(round => round.NotSelected))), "–");
        table.Add("java into one container, share of the parsing endpoint", Table.Marked(Percent(ratio), ratio >= 0.8), "≥ 80 %");
        table.Add("not selected, share of the parsing endpoint", Percent(Median(rounds.Select(round => round.NotSelected / round.Parse))), "–");
    }

    private static async Task MeasureShippedAsync(LoadGenerator load, string server, string cluster, Table table)
    {
        var review = Reviews.OneContainer();
        var starts = new List<double>();
        for (var i = 0; i < Starts; i++)
        {
            var watch = Stopwatch.StartNew();
            using var started = Shipped(server, cluster);
            starts.Add((await load.FirstAnswerAsync(started, new Uri(started.Address, MutateEndpoint.Path), review, Injected, watch)).TotalSeconds);
        }

        using var process = Shipped(server, cluster);
        var url = new Uri(process.Address, MutateEndpoint.Path);
        await load.FirstAnswerAsync(process, url, review, Injected, Stopwatch.StartNew());
        await load.RunAsync(url, review, WarmUp, Injected);

        var injected = await CpuPerReviewAsync(load, process, url, review, Injected);
        var notSelected = await CpuPerReviewAsync(load, process, url, Reviews.NotSelected(), 1);
        var resident = process.ResidentMiB;
        var start = Median(starts);
        table.Add("shipped server: CPU per review, java into one container", Table.Marked($"{Number(injected)} µs", injected <= 200), "≤ 200 µs");
        table.Add("shipped server: CPU per review, not selected", $"{Number(notSelected)} µs", "–");
        table.Add("shipped server: resident memory after the load", Table.Marked($"{Number(resident)} MiB", resident <= 90), "≤ 90 MiB");
        table.Add("shipped server: start to first answered admission", Table.Marked(string.Create(CultureInfo.InvariantCulture, $"{start:0.00} s"), start <= 0.35), "≤ 0.35 s");
    }

    private static async Task<double> CpuPerReviewAsync(LoadGenerator load, ServerProcess process, Uri url, byte[] review, int minimum)
    {
        var before = process.CpuTime;
        var result = await load.RunAsync(url, review, Round * 8, minimum);
        return (process.CpuTime - before).TotalMicroseconds / result.Requests;
    }

    private static ServerProcess Shipped(string server, string cluster) => ServerProcess.Start(server,
        port => ["--cluster", cluster, "--listen", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}"), "--log-format", "json"]);

    // This program again: started by its own host, or by dotnet with the assembly as the first argument.
    private static IEnumerable<string> OwnArguments(string command, string cluster, int port)
    {
        var arguments = new List<string> { command, "--cluster", cluster, "--port", port.ToString(CultureInfo.InvariantCulture) };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet") arguments.Insert(0, typeof(HttpsReport).Assembly.Location);
        return arguments;
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted[sorted.Count / 2];
    }

    private static string Number(double value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Percent(double value) => string.Create(CultureInfo.InvariantCulture, $"{value * 100:0} %");
}
