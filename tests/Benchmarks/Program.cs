using System.Globalization;
using Spanhook.Benchmarks;
using Spanhook.Benchmarks.Https;
using Spanhook.Benchmarks.InProcess;

// report --server PROGRAM --output FILE    everything, as a page
// in-process                               the BenchmarkDotNet table
// policies                                 the same, of a cluster with many policies
// https --server PROGRAM                   the table over HTTPS
// parse-only --cluster FILE --port PORT    the server to compare with; started by https
switch (args.FirstOrDefault())
{
    case "report":
        var page = Path.GetFullPath(Option("--output"));
        Directory.CreateDirectory(Path.GetDirectoryName(page)!);
        // HTTPS first: its client and the servers should find a process without a benchmark's heap.
        var https = await HttpsReport.RunAsync(Option("--server"));
        await File.WriteAllTextAsync(page, Page.Write(InProcessReport.Run(), PoliciesReport.Run(), https));
        return 0;
    case "in-process":
        Console.WriteLine(InProcessReport.Run());
        return 0;
    case "policies":
        Console.WriteLine(PoliciesReport.Run());
        return 0;
    case "https":
        Console.WriteLine(await HttpsReport.RunAsync(Option("--server")));
        return 0;
    case "parse-only":
        return await ParseOnlyServer.RunAsync(Option("--cluster"), int.Parse(Option("--port"), CultureInfo.InvariantCulture));
    default:
        await Console.Error.WriteLineAsync("usage: report --server PROGRAM --output FILE | in-process | policies | https --server PROGRAM");
        return 2;
}

string Option(string name)
{
    var at = Array.IndexOf(args, name);
    return at >= 0 && at + 1 < args.Length ? args[at + 1] : throw new InvalidOperationException($"{name} is missing");
}
