using Microsoft.Extensions.Logging;
using Spanhook.Manifests;
using Spanhook.Server.Cluster;
using Spanhook.Server.Tests.Support;

namespace Spanhook.Server.Tests.Cluster;

/// <summary>The folder of manifests, read again when it changes.</summary>
public sealed class DirectoryClusterSourceTests : IDisposable
{
    private const string Unknown = "apiVersion: opentelemetry.io/v1alpha1\nkind: Instrumentation\nmetadata: {name: x, namespace: shop}\nspec:\n  sampler:\n    type: sometimes\n";

    private readonly TempFolder _folder = new();
    private readonly LogLines _log = new();
    private readonly ClusterCache _cache = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Nothing_is_loaded_before_the_first_load()
    {
        Assert.False(_cache.IsLoaded);
        using var source = First("");
        Assert.True(_cache.IsLoaded);
    }

    [Fact]
    public void A_change_is_loaded_and_no_change_is_not()
    {
        using var source = First(Instrumentation("a"));
        Assert.False(source.Reload());
        _folder.Write("b.yaml", Instrumentation("b"));
        Assert.True(source.Reload());
        Assert.Equal("0 namespaces, 2 Instrumentations, 0 policies", Loaded());
        File.Delete(_folder.PathOf("b.yaml"));
        Assert.True(source.Reload());
        Assert.Equal("0 namespaces, 1 Instrumentations, 0 policies", Loaded());
    }

    [Theory]
    [InlineData("")]
    [InlineData("a.yaml")]
    public void A_mounted_ConfigMap_is_loaded_when_the_kubelet_swaps_the_folder_behind_its_links(string file)
    {
        using var mounted = new MountedVolume(_folder);
        mounted.Swap(("a.yaml", Instrumentation("a")));
        using var source = new DirectoryClusterSource(Path.Combine(_folder.Path, file), _cache, _log.For<DirectoryClusterSource>(), TimeProvider.System);
        source.LoadFirst();
        mounted.Swap(("a.yaml", Instrumentation("b") + "---\n" + Instrumentation("c")));
        Assert.True(source.Reload());
        Assert.Equal("0 namespaces, 2 Instrumentations, 0 policies", Loaded());
        mounted.Swap(("a.yaml", Instrumentation("b") + "---\n" + Instrumentation("c")));
        Assert.False(source.Reload());
    }

    [Fact]
    public void A_broken_file_keeps_the_last_good_objects_and_the_log_names_file_and_line()
    {
        using var source = First(Instrumentation("a"));
        var good = _cache.Current;
        var file = _folder.Write("b.yaml", "apiVersion: v1\nkind: [\n");
        Assert.False(source.Reload());
        Assert.Same(good, _cache.Current);
        var line = Assert.Single(_log.All, line => line.Level == LogLevel.Error);
        Assert.Contains($"{file}: document 1, line ", line.Message, StringComparison.Ordinal);

        _folder.Write("b.yaml", Instrumentation("b"));
        Assert.True(source.Reload());
        Assert.NotSame(good, _cache.Current);
    }

    [Fact]
    public void Several_broken_files_are_named_in_one_line()
    {
        using var source = First(Instrumentation("a"));
        _folder.Write("b.yaml", "kind: [\n");
        _folder.Write("c.yaml", "kind: {\n");
        Assert.False(source.Reload());
        var line = Assert.Single(_log.All, line => line.Level == LogLevel.Error);
        Assert.Contains("b.yaml", line.Message, StringComparison.Ordinal);
        Assert.Contains("c.yaml", line.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(line.Message, char.IsControl);
    }

    [Fact]
    public void A_folder_that_is_gone_keeps_the_last_good_objects()
    {
        var folder = Directory.CreateDirectory(_folder.PathOf("cluster")).FullName;
        File.WriteAllText(Path.Combine(folder, "a.yaml"), Instrumentation("a"));
        using var source = new DirectoryClusterSource(folder, _cache, _log.For<DirectoryClusterSource>(), TimeProvider.System);
        source.LoadFirst();
        var good = _cache.Current;
        Directory.Delete(folder, recursive: true);
        Assert.False(source.Reload());
        Assert.Same(good, _cache.Current);
    }

    [Fact]
    public void A_broken_file_at_the_start_stops_the_server() =>
        Assert.Contains("a.yaml", Assert.Throws<ManifestException>(() => First("kind: [\n")).Message, StringComparison.Ordinal);

    [Fact]
    public void An_object_with_an_error_is_logged_with_its_place_and_the_others_are_used()
    {
        using var source = First(Unknown + "---\n" + Instrumentation("a"));
        var line = Assert.Single(_log.All, line => line.Level == LogLevel.Warning);
        Assert.Contains("a.yaml: document 1, line 6: Instrumentation shop/x: spec.sampler.type: 'sometimes' is not known", line.Message, StringComparison.Ordinal);
        Assert.Equal("0 namespaces, 2 Instrumentations, 0 policies", Loaded());
    }

    [Fact]
    public void A_value_in_a_manifest_cannot_write_into_the_log()
    {
        using var source = First(Unknown.Replace("sometimes", "\"\\e[31mred\\ninfo: forged\"", StringComparison.Ordinal));
        Assert.Contains(_log.All, line => line.Level == LogLevel.Warning && line.Message.Contains("forged", StringComparison.Ordinal));
        Assert.DoesNotContain(_log.All, line => line.Message.Any(char.IsControl));
    }

    private static string Instrumentation(string name) => $"apiVersion: opentelemetry.io/v1alpha1\nkind: Instrumentation\nmetadata: {{name: {name}, namespace: shop}}\n";

    private string Loaded() => _log.All.Last(line => line.Message.StartsWith("Loaded ", StringComparison.Ordinal)).Message.Split(": ", 2)[1];

    private DirectoryClusterSource First(string manifest)
    {
        _folder.Write("a.yaml", manifest);
        var source = new DirectoryClusterSource(_folder.Path, _cache, _log.For<DirectoryClusterSource>(), TimeProvider.System);
        try
        {
            source.LoadFirst();
            return source;
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }
}
