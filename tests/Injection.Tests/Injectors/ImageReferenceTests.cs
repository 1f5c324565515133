using Spanhook.Injection.Injectors;

namespace Spanhook.Injection.Tests.Injectors;

/// <summary>What an image says of its version (rules 5.3): tag, digest, or both; nothing when it is no valid reference.</summary>
public sealed class ImageReferenceTests
{
    private const string Digest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    [Theory]
    [InlineData("nginx:1.27", "1.27")]
    [InlineData("registry.example:5000/shop/cart:1.4.2", "1.4.2")]
    [InlineData("registry.example/shop/cart:v1.4.2-rc.1_build", "v1.4.2-rc.1_build")]
    [InlineData("localhost/app:1", "1")]
    [InlineData("localhost:5000/app:1", "1")]
    [InlineData($"registry.example/cart@{Digest}", Digest)]
    [InlineData($"registry.example/cart:1.0@{Digest}", $"1.0@{Digest}")]
    [InlineData("REGISTRY.example/cart:1", "1")]
    [InlineData("a/b__c/d-e:1", "1")]
    [InlineData("a_b/c.d/e---f:1", "1")]
    [InlineData("registry-1.example/cart:1", "1")]
    public void A_version_is_read(string image, string version) => Assert.Equal(version, ImageReference.Parse(image)?.Version);

    [Theory]
    [InlineData("nginx")]
    [InlineData("registry.example:5000/shop/cart")]
    [InlineData("registry.example/Shop/cart:1")]
    [InlineData("registry.example/cart:")]
    [InlineData("registry.example/cart:-1")]
    [InlineData("registry.example/cart:1@sha256:short")]
    [InlineData("registry.example/cart@")]
    [InlineData("registry.example//cart:1")]
    [InlineData("/cart:1")]
    [InlineData("registry.example/a..b:1")]
    [InlineData("registry.example/a___b:1")]
    [InlineData("registry.example/a.-b:1")]
    [InlineData("registry.example/a._b:1")]
    [InlineData("registry.example/.a:1")]
    [InlineData("registry.example/a-:1")]
    [InlineData("registry..example/cart:1")]
    [InlineData("Registry-.example/cart:1")]
    [InlineData("Registry.example:/cart:1")]
    [InlineData("registry.example/cart/:1")]
    [InlineData("cart :1")]
    [InlineData("")]
    [InlineData(null)]
    [InlineData(":1")]
    public void No_version_is_read(string? image) => Assert.Null(ImageReference.Parse(image)?.Version);

    [Fact]
    public void A_tag_has_at_most_128_characters()
    {
        Assert.NotNull(ImageReference.Parse($"a:{new string('1', 128)}"));
        Assert.Null(ImageReference.Parse($"a:{new string('1', 129)}"));
    }

    [Theory]
    [InlineData("registry.example/mirror/vllm-openai:v1", "vllm-openai")]
    [InlineData("vllm-openai", "vllm-openai")]
    public void The_last_part_is_what_mirrors_keep(string image, string part) => Assert.Equal(part, ImageReference.Parse(image)!.Value.LastPart.ToString());
}
