using Spanhook.Demo;

// The table of contents:
//   DemoRun       the whole play
//   DemoServer    the built server as a child process
//   ApiServer     what an API server does: asks over HTTPS, applies the patch
//   Workload      what is asked about, and what must come of it
//   PodOfReplicaSet  the pod as a ReplicaSet's controller creates it and defaulting completes it
//   LineDiff, Additions, DemoScreen  what is shown
if (args is not ([] or ["--keep"]))
{
    await Console.Error.WriteLineAsync("demo: the only argument is --keep, which keeps the server running");
    return 2;
}

return await DemoRun.RunAsync(keep: args.Length > 0);
