namespace Spanhook.Server.Certificates.SelfManaged;

/// <summary>Says a problem when it comes, when it changes and every ten minutes while it lasts: it is met again every few seconds.</summary>
internal sealed class ProblemLog(ILogger logger, TimeProvider time, string about = "Certificates")
{
    private static readonly TimeSpan Again = TimeSpan.FromMinutes(10);

    private readonly Dictionary<string, (string Text, long At)> _said = new(StringComparer.Ordinal);

    public void Say(string topic, string problem)
    {
        if (_said.TryGetValue(topic, out var said) && said.Text == problem && time.GetElapsedTime(said.At) < Again) return;
        _said[topic] = (problem, time.GetTimestamp());
        CertificateLog.Problem(logger, about, problem);
    }

    public void Over(string topic)
    {
        if (_said.Remove(topic, out var said)) CertificateLog.ProblemOver(logger, about, said.Text);
    }
}
