using Spanhook.Injection.Cluster;

namespace Spanhook.Server.Cluster;

/// <summary>What is known of the cluster now. Read without a lock, replaced whole.</summary>
internal sealed class ClusterCache
{
    private volatile ClusterSnapshot? _current;

    public ClusterSnapshot Current => _current ?? ClusterSnapshot.Empty;

    /// <summary>False until the first load: a server that knows nothing yet should not be asked.</summary>
    public bool IsLoaded => _current is not null;

    public void Replace(ClusterSnapshot snapshot) => _current = snapshot;
}
