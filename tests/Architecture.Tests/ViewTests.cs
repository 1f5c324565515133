using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Spanhook.Api.Core;
using Spanhook.Injection;
using Spanhook.Injection.Cluster;
using Spanhook.Injection.Decision;
using Xunit;

namespace Spanhook.Architecture.Tests;

/// <summary>A view reads a document that is given back at the end of the request: nothing that lives longer may hold one.</summary>
public sealed class ViewTests
{
    private static readonly Assembly Api = typeof(Pod).Assembly;
    private static readonly Assembly Injection = typeof(PodInjector).Assembly;

    /// <summary>The views: readonly structs of the Api that wrap a JSON element.</summary>
    private static readonly IReadOnlyList<Type> Views = [.. Api.GetTypes().Where(type => type.IsValueType && Fields(type).Any(f => f.FieldType == typeof(JsonElement)))];

    [Fact]
    public void The_views_are_readonly_structs()
    {
        Assert.Contains(typeof(Pod), Views);
        Assert.Contains(typeof(Container), Views);
        Assert.All(Views, view => Assert.True(view.IsDefined(typeof(IsReadOnlyAttribute), inherit: false), $"{view.Name} is not readonly"));
    }

    [Fact]
    public void No_record_of_the_api_holds_a_view() => AssertHoldsNoView(Api.GetTypes().Where(type => type.IsClass));

    [Fact]
    public void No_compiled_object_holds_a_view() => AssertHoldsNoView(Injection.GetTypes().Where(type => type.Namespace == typeof(ClusterSnapshot).Namespace));

    [Fact]
    public void A_result_holds_neither_a_view_nor_a_json_element()
    {
        Type[] results = [typeof(InjectionResult), typeof(InjectionDecision), typeof(Reason)];
        AssertHoldsNoView(results);
        Assert.All(results.SelectMany(Fields), field => Assert.False(Mentions(field.FieldType, typeof(JsonElement)), $"{field.DeclaringType!.Name}.{field.Name}"));
    }

    [Fact]
    public void An_injector_has_no_fields_that_change()
    {
        var injectors = Injection.GetTypes().Where(type => type is { IsClass: true, IsAbstract: false } && type.GetInterfaces().Any(i => i.Name == "IInjector"));
        Assert.NotEmpty(injectors);
        Assert.All(injectors.SelectMany(Fields), field => Assert.True(field.IsInitOnly || field.IsLiteral, $"{field.DeclaringType!.Name}.{field.Name} can change"));
    }

    private static void AssertHoldsNoView(IEnumerable<Type> types)
    {
        var fields = types.Where(type => !type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false)).SelectMany(Fields).ToList();
        Assert.NotEmpty(fields);
        Assert.All(fields, field => Assert.DoesNotContain(Views, view => Mentions(field.FieldType, view)));
    }

    private static IEnumerable<FieldInfo> Fields(Type type) =>
        type.GetFields(BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly);

    private static bool Mentions(Type type, Type wanted) =>
        type == wanted || (type.HasElementType && Mentions(type.GetElementType()!, wanted)) || (type.IsGenericType && type.GetGenericArguments().Any(argument => Mentions(argument, wanted)));
}
