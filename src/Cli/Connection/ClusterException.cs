using Spanhook.KubeClient;

namespace Spanhook.Cli.Connection;

/// <summary>The cluster cannot be asked, or does not let us: exit code 3. The message is a sentence that says what to check.</summary>
internal sealed class ClusterException : Exception
{
    public ClusterException(string message, int status = 0, Exception? inner = null)
        : base(message, inner) => Status = status;

    /// <summary>The HTTP status; 0 when there was no answer.</summary>
    public int Status { get; }

    public bool IsForbidden => Status == 403;

    /// <summary>The object, its namespace, or its whole kind.</summary>
    public bool IsNotFound => Status == 404;

    public static ClusterException From(ApiServerConfigException e) => new(e.Message, inner: e);

    /// <param name="verb">As RBAC names what was asked.</param>
    /// <param name="path">What was asked for.</param>
    /// <param name="config">Whom.</param>
    /// <param name="e">The answer.</param>
    public static ClusterException From(string verb, string path, ApiServerConfig config, ApiServerException e) => new(Sentence(verb, path, config, e), e.Status, e);

    private static string Sentence(string verb, string path, ApiServerConfig config, ApiServerException e) => e.Status switch
    {
        0 => $"the API server {config.Server} ({config.Source}) does not answer: {Detail(e)}: check the address, the network, and --kubeconfig or --context",
        401 => $"the API server {config.Server} does not know who you are: log in again, or check the user of {config.Source}",
        403 => Forbidden(Permission.Of(verb, path), e),
        429 or >= 500 => $"the API server has trouble, try again later: {e.Message}",
        _ => e.Message,
    };

    private static string Forbidden(Permission permission, ApiServerException e) =>
        $"you may not {permission}: ask for that permission; '{permission.Question}' tells whether you have it. The API server says: {Detail(e)}";

    // Without the request, which stands first: the sentence has it already.
    private static string Detail(ApiServerException e) => e.Message.IndexOf(": ", StringComparison.Ordinal) is > 0 and var colon ? e.Message[(colon + 2)..] : e.Message;
}
