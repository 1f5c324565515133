namespace Spanhook.Cli;

/// <summary>What a script may rely on.</summary>
internal static class ExitCodes
{
    public const int Done = 0;

    /// <summary>A command that looks for something found it.</summary>
    public const int FoundSomething = 1;

    /// <summary>The command line or a manifest is wrong; standard error says where, and what to write.</summary>
    public const int BadInput = 2;

    /// <summary>The API server does not answer, or does not let us.</summary>
    public const int NoCluster = 3;
}
