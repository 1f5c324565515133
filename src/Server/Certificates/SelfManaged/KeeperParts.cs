namespace Spanhook.Server.Certificates.SelfManaged;

/// <summary>What a replica keeps its certificates with. Each part is of one replica.</summary>
internal sealed record KeeperParts
{
    public required ICertificateApi Api { get; init; }
    public required SelfManagedOptions Options { get; init; }
    public required ManagedCertificateSource Source { get; init; }
    public required PublishedBundle Published { get; init; }
    public required ReplicaReports Reports { get; init; }
    public required CaRotation Rotation { get; init; }
    public required LeaseElection Lease { get; init; }
    public required ProblemLog Problems { get; init; }
    public required CertificateStatus Status { get; init; }

    /// <summary>All parts of one replica.</summary>
    public static KeeperParts Create(ICertificateApi api, SelfManagedOptions options, ManagedCertificateSource source, CertificateStatus status, (ILogger Logger, TimeProvider Time) of)
    {
        var problems = new ProblemLog(of.Logger, of.Time);
        return new()
        {
            Api = api,
            Options = options,
            Source = source,
            Published = new PublishedBundle(of.Time),
            Reports = new ReplicaReports(options, of.Time),
            Rotation = new CaRotation(options, of.Time),
            Lease = new LeaseElection(api, options, problems, of.Time),
            Problems = problems,
            Status = status,
        };
    }
}
