using System.Text.Json;
using Spanhook.Api.Core;
using Spanhook.Injection.Injectors.Engines;

namespace Spanhook.Injection.Tests.Injectors;

public sealed class AcceleratorsTests
{
    [Theory]
    [InlineData("""{"limits":{"cpu":"1","nvidia.com/gpu":1}}""", "nvidia.com/gpu")]
    [InlineData("""{"requests":{"nvidia.com/mig-1g.5gb":"1"}}""", "nvidia.com/mig-1g.5gb")]
    [InlineData("""{"limits":{"gpu.intel.com/i915":"1"}}""", "gpu.intel.com/i915")]
    [InlineData("""{"limits":{"example.com/npu-2":"1"}}""", "example.com/npu-2")]
    [InlineData("""{"claims":[{"name":"gpu"}]}""", "a resource claim")]
    [InlineData("""{"limits":{"vke.volcengine.com/rdma":"1","cpu":"8"}}""", null)]
    [InlineData("""{"limits":[],"claims":{}}""", null)]
    [InlineData("{}", null)]
    public void A_container_asks_for_an_accelerator_by_a_well_known_name_or_a_further_one_or_a_claim(string resources, string? accelerator)
    {
        using var container = JsonDocument.Parse($$"""{"name":"app","resources":{{resources}}}""");
        Assert.Equal(accelerator, Accelerators.Of(new Container(container.RootElement), ["example.com/npu*"]));
    }
}
