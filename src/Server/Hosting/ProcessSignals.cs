using System.Runtime.InteropServices;

namespace Spanhook.Server.Hosting;

/// <summary>
/// What the signals of a process mean here. SIGTERM, as the kubelet sends it: drain. SIGINT and SIGQUIT, as a terminal sends them: stop without
/// the delay, finishing what is in flight. Any second one ends the process at once, with the exit code that a shell gives such an end.
/// </summary>
internal sealed class ProcessSignals(Drain drain) : IHostLifetime, IDisposable
{
    private const int Killed = 128;

    private readonly List<PosixSignalRegistration> _registrations = [];
    private int _received;

    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        foreach (var signal in (PosixSignal[])[PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGQUIT]) _registrations.Add(PosixSignalRegistration.Create(signal, Handle));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
    }

    private void Handle(PosixSignalContext context)
    {
        // Not left to the system: process 1 of a container, which has no default handlers, would live on.
        context.Cancel = true;
        if (Interlocked.Increment(ref _received) > 1) Environment.Exit(Killed + Number(context.Signal));
        drain.Begin(context.Signal.ToString(), isPatient: context.Signal == PosixSignal.SIGTERM);
    }

    private static int Number(PosixSignal signal) => signal switch
    {
        PosixSignal.SIGINT => 2,
        PosixSignal.SIGQUIT => 3,
        _ => 15,
    };
}
