using System.Buffers;
using System.Text.Json;
using BenchmarkDotNet.Attributes;

namespace Spanhook.Benchmarks.InProcess;

/// <summary>The cases that have a budget. Names are the rows of the table in docs/benchmarks.md (<see cref="InProcessReport"/>).</summary>
public class AdmissionBenchmarks
{
    private readonly Pipeline _pipeline = new();
    private readonly byte[] _notSelected = Reviews.NotSelected();
    private readonly byte[] _oneContainer = Reviews.OneContainer();
    private readonly byte[] _vllm = Reviews.Vllm();
    private readonly byte[] _vllmScript = Reviews.VllmScript();
    private readonly byte[] _wide = Reviews.Wide(targets: 1);
    private readonly JsonDocument _oneContainerRead = JsonDocument.Parse(Reviews.OneContainer());
    private readonly JsonDocument _vllmRead = JsonDocument.Parse(Reviews.Vllm());
    private readonly JsonDocument _wideRead = JsonDocument.Parse(Reviews.Wide(targets: 32));

    [Benchmark]
    public int NotSelected() => _pipeline.Answer(_notSelected);

    /// <summary>What the parser takes of <see cref="NotSelected"/>, on this machine at this time: the rest is ours.</summary>
    [Benchmark]
    public int ParseNotSelected()
    {
        using var document = JsonDocument.Parse(new ReadOnlySequence<byte>(_notSelected));
        return document.RootElement.GetPropertyCount();
    }

    [Benchmark]
    public int OneContainer() => _pipeline.Answer(_oneContainer);

    [Benchmark]
    public int Vllm() => _pipeline.Answer(_vllm);

    [Benchmark]
    public int VllmScript() => _pipeline.Answer(_vllmScript);

    [Benchmark]
    public int Wide() => _pipeline.Answer(_wide);

    [Benchmark]
    public int InjectOneContainer() => _pipeline.Inject(_oneContainerRead);

    [Benchmark]
    public int InjectVllm() => _pipeline.Inject(_vllmRead);

    [Benchmark]
    public int InjectWide() => _pipeline.Inject(_wideRead);
}
