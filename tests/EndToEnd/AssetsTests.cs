namespace Spanhook.EndToEnd;

public sealed class AssetsTests
{
    /// <summary>Else <c>make e2e</c> would succeed where it has tested nothing.</summary>
    [Fact]
    public void Whoever_asks_for_these_tests_has_a_real_API_server()
    {
        Assert.SkipWhen(!Assets.AreRequired && Assets.Absent is not null, Assets.Absent ?? "");
        Assert.True(Assets.Absent is null, Assets.Absent);
    }
}
