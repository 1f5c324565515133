using Spanhook.Injection.Injectors;

namespace Spanhook.Injection.Tests.Injectors;

public sealed class ResourceAttributesTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("plain-1.2_3~/@:;!#$&'()*+?[]", "plain-1.2_3~/@:;!#$&'()*+?[]")]
    [InlineData("a=b,c", "a%3Db%2Cc")]
    [InlineData("100%", "100%25")]
    [InlineData("a b", "a%20b")]
    [InlineData("tab\tline\n\u0000\u007f", "tab%09line%0A%00%7F")]
    [InlineData("é€😀", "%C3%A9%E2%82%AC%F0%9F%98%80")]
    public void A_value_is_percent_encoded_where_the_specification_asks_for_it(string value, string encoded) => Assert.Equal(encoded, ResourceAttributes.Encode(value));

    [Theory]
    [InlineData(null, "")]
    [InlineData("", "")]
    [InlineData("a=1,b=2", "a,b")]
    [InlineData(" a = 1 , b=2=3,", "a,b")]
    [InlineData("broken,=x,a=1", "a")]
    [InlineData("a=1,a=2", "a")]
    public void Keys_are_read_from_a_text(string? text, string keys) => Assert.Equal(keys, string.Join(',', ResourceAttributes.KeysOf(text).Order(StringComparer.Ordinal)));

    [Theory]
    [InlineData(null, "k=1,z=2")]
    [InlineData("", "k=1,z=2")]
    [InlineData("a=0", "a=0,k=1,z=2")]
    [InlineData("a=0,", "a=0,k=1,z=2")]
    [InlineData("z=mine", "z=mine,k=1")]
    [InlineData("k=mine, z=mine", "k=mine, z=mine")]
    [InlineData("my.k=0", "my.k=0,k=1,z=2")]
    [InlineData("$(SPANHOOK_ORIGINAL_OTEL_RESOURCE_ATTRIBUTES)", "$(SPANHOOK_ORIGINAL_OTEL_RESOURCE_ATTRIBUTES),k=1,z=2")]
    public void A_text_is_extended_by_what_it_lacks(string? text, string expected)
    {
        using var attributes = new ResourceAttributes();
        attributes.Set("z", "2");
        attributes.Set("k", "1");
        attributes.Set("empty", "");
        Assert.Equal(expected, attributes.AppendTo(text));
    }
}
