namespace Spanhook.Injection.Injectors;

/// <summary>Every injector, in the order in which they run.</summary>
public static class InjectorCatalog
{
    /// <summary>Names, in the order in which they run: <c>java</c>, <c>nodejs</c>, …</summary>
    public static IReadOnlyList<string> Names { get; } = ["java", "nodejs", "python", "dotnet", "go", "apache-httpd", "nginx", "sdk", "vllm"];
}
