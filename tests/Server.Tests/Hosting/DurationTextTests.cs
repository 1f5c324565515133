using Spanhook.Server.Hosting;

namespace Spanhook.Server.Tests.Hosting;

public class DurationTextTests
{
    [Theory]
    [InlineData("250ms", 250)]
    [InlineData("15s", 15_000)]
    [InlineData("1h30m", 5_400_000)]
    [InlineData("1.5s", 1_500)]
    [InlineData("8760h", 31_536_000_000)]
    [InlineData("0", 0)]
    [InlineData("0s", 0)]
    public void Durations_are_read_as_Kubernetes_writes_them(string text, long milliseconds) => Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), DurationText.Parse(text));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("15")]
    [InlineData("-1s")]
    [InlineData("s")]
    [InlineData("1 s")]
    [InlineData("1d")]
    [InlineData("1..5s")]
    [InlineData("999999999999h")]
    public void What_is_no_duration_is_null(string? text) => Assert.Null(DurationText.Parse(text));
}
