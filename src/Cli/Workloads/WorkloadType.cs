namespace Spanhook.Cli.Workloads;

/// <summary>A kind of object that has pods, as the API server and kubectl name it.</summary>
/// <param name="Group">The API group; empty for core.</param>
/// <param name="Version">The version that is asked for.</param>
/// <param name="Kind">As in manifests.</param>
/// <param name="Plural">As in paths.</param>
/// <param name="ShortNames">As kubectl takes them.</param>
internal sealed record WorkloadType(string Group, string Version, string Kind, string Plural, params IReadOnlyList<string> ShortNames)
{
    public static readonly WorkloadType Pod = new("", "v1", "Pod", "pods", "po");
    public static readonly WorkloadType ReplicationController = new("", "v1", "ReplicationController", "replicationcontrollers", "rc");
    public static readonly WorkloadType Deployment = new("apps", "v1", "Deployment", "deployments", "deploy");
    public static readonly WorkloadType StatefulSet = new("apps", "v1", "StatefulSet", "statefulsets", "sts");
    public static readonly WorkloadType DaemonSet = new("apps", "v1", "DaemonSet", "daemonsets", "ds");
    public static readonly WorkloadType ReplicaSet = new("apps", "v1", "ReplicaSet", "replicasets", "rs");
    public static readonly WorkloadType Job = new("batch", "v1", "Job", "jobs");
    public static readonly WorkloadType CronJob = new("batch", "v1", "CronJob", "cronjobs", "cj");
    public static readonly WorkloadType LeaderWorkerSet = new("leaderworkerset.x-k8s.io", "v1", "LeaderWorkerSet", "leaderworkersets", "lws");
    public static readonly WorkloadType JobSet = new("jobset.x-k8s.io", "v1alpha2", "JobSet", "jobsets");
    public static readonly WorkloadType Rollout = new("argoproj.io", "v1alpha1", "Rollout", "rollouts", "ro");

    public static readonly IReadOnlyList<WorkloadType> All =
        [Pod, ReplicationController, Deployment, StatefulSet, DaemonSet, ReplicaSet, Job, CronJob, LeaderWorkerSet, JobSet, Rollout];

    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>In lower case, as in <c>deployment/web</c>.</summary>
    public string Singular { get; } = Kind.ToLowerInvariant();

    /// <summary>The path of the group and version.</summary>
    public string Root => Group.Length == 0 ? $"/api/{Version}" : $"/apis/{Group}/{Version}";

    /// <summary>The path of one.</summary>
    public string PathOf(string ns, string name) => $"{Root}/namespaces/{ns}/{Plural}/{name}";

    /// <summary>By its kind and group as manifests and owner references have them; any version.</summary>
    public static WorkloadType? Of(string apiVersion, string kind)
    {
        var group = apiVersion.IndexOf('/', StringComparison.Ordinal) is >= 0 and var slash ? apiVersion[..slash] : "";
        return All.FirstOrDefault(type => type.Kind == kind && type.Group == group);
    }

    /// <summary>As kubectl takes it: <c>deploy</c>, <c>Deployment</c>, <c>deployments.apps</c>, <c>deployments.v1.apps</c>; null when it is none of these.</summary>
    public static WorkloadType? Named(string text)
    {
        var name = text.ToLowerInvariant();
        return All.FirstOrDefault(type => type.Names.Contains(name, StringComparer.Ordinal));
    }

    private IEnumerable<string> Names
    {
        get
        {
            foreach (var name in (string[])[Singular, Plural, .. ShortNames])
            {
                yield return name;
                if (Group.Length == 0) continue;
                yield return $"{name}.{Group}";
                yield return $"{name}.{Version}.{Group}";
            }
        }
    }

    public override string ToString() => Singular;
}

/// <summary>One object that has pods, as on the command line: <c>deployment/web</c>.</summary>
internal sealed record WorkloadName(WorkloadType Type, string Name)
{
    public override string ToString() => $"{Type.Singular}/{Name}";

    public string PathIn(string ns) => Type.PathOf(ns, Name);

    /// <param name="text">TYPE/NAME.</param>
    /// <param name="name">The parsed name.</param>
    /// <param name="problem">What is wrong and what to write instead; null when nothing is.</param>
    public static bool TryParse(string text, out WorkloadName? name, out string? problem)
    {
        (name, problem) = (null, null);
        if (text.Split('/') is not [{ Length: > 0 } typeText, { Length: > 0 } objectName])
        {
            problem = $"'{text}' is not TYPE/NAME: write for example deployment/{(text.Contains('/', StringComparison.Ordinal) ? "web" : text)}.";
            return false;
        }

        if (WorkloadType.Named(typeText) is not { } type)
        {
            problem = $"'{typeText}' is no kind of workload that is known: write one of {string.Join(", ", WorkloadType.All.Select(known => known.Singular))}.";
            return false;
        }

        // The name becomes part of a path.
        if (objectName.Length > 253 || !objectName.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '.'))
        {
            problem = $"'{objectName}' is no name of an object: lower-case letters, digits, '-' and '.' make one.";
            return false;
        }

        name = new WorkloadName(type, objectName);
        return true;
    }
}
