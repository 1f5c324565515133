using Spanhook.Injection.Injectors.Engines;

namespace Spanhook.Injection.Tests.Scripts;

/// <summary>The wrapper for unknown versions, run by a real shell as the container would.</summary>
public sealed class GuardTests
{
    private static readonly string[] Engine = ["vllm", "serve", "a model", "--port", "8000", "$(not run)", "it's", ""];

    [Fact]
    public void With_the_packages_the_engine_gets_the_options_at_its_end() =>
        Assert.Equal([.. Engine, "--otlp-traces-endpoint=http://c:4317", "--collect-detailed-traces=all"], Run("[ \"$1\" = -c ] && exit 0"));

    [Fact]
    public void Without_them_it_is_started_as_it_was() => Assert.Equal(Engine, Run("echo missing >&2; exit 1"));

    [Theory]
    [InlineData("vllm", "python3")]
    [InlineData("/opt/venv/bin/vllm", "/opt/venv/bin/python3")]
    [InlineData("/usr/bin/python3.12", "/usr/bin/python3.12")]
    [InlineData("/a b/python3", "'/a b/python3'")]
    public void The_interpreter_that_is_asked_is_the_engines(string program, string python) => Assert.Equal(python, Guard.PythonOf(program));

    [Fact]
    public void What_it_writes_it_recognizes() => Assert.True(Guard.IsGuard(Guard.Words("python3", ["--a=b"])[2]));

    private static List<string> Run(string python)
    {
        Assert.SkipUnless(Shell.IsPresent, Shell.Absent);
        using var shell = new Shell();
        shell.WriteProgram("python3", python);
        shell.WriteProgram("vllm", $"printf '%s\\n' vllm \"$@\" > {shell.PathOf("/words")}");
        var words = Guard.Words("python3", ["--otlp-traces-endpoint=http://c:4317", "--collect-detailed-traces=all"]);
        shell.RunWords([.. words, .. Engine]);
        return [.. shell.Read("/words").Split('\n')[..^1]];
    }
}
