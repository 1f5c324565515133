using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Spanhook.Api;
using Spanhook.Api.Core;
using Spanhook.Api.Meta;
using Spanhook.Api.OpenTelemetry;
using Spanhook.Api.Policy;

namespace Spanhook.Manifests;

/// <summary>The objects of a cluster as manifests hold them: Namespaces, Instrumentations, TracingPolicies, ReplicaSets and Jobs.</summary>
public sealed class ClusterManifests
{
    private readonly IReadOnlyDictionary<(string Kind, string Name), ManifestObject> _places;

    private ClusterManifests(ClusterObjects objects, IReadOnlyList<ManifestProblem> warnings, IReadOnlyDictionary<(string, string), ManifestObject> places) =>
        (Objects, Warnings, _places) = (objects, warnings, places);

    public ClusterObjects Objects { get; }

    /// <summary>What is not used, though somebody wrote it: unknown fields, versions that are not served.</summary>
    public IReadOnlyList<ManifestProblem> Warnings { get; }

    /// <summary>Reads a file, or a folder with everything in it. Objects of other kinds are ignored.</summary>
    /// <exception cref="ManifestException">With every problem of every file.</exception>
    public static ClusterManifests Load(string path)
    {
        var documents = new List<ManifestDocument>();
        var problems = new List<ManifestProblem>();
        foreach (var file in ManifestFiles.List(path, recursive: true))
        {
            try
            {
                documents.AddRange(ManifestReader.ReadFile(file));
            }
            catch (ManifestException e)
            {
                problems.AddRange(e.Problems);
            }
        }

        return problems.Count == 0 ? From(documents) : throw new ManifestException(problems);
    }

    /// <summary>Takes the objects out of documents that were read already.</summary>
    /// <exception cref="ManifestException">With every problem of every document.</exception>
    public static ClusterManifests From(IEnumerable<ManifestDocument> documents)
    {
        var builder = new Builder();
        foreach (var document in documents) builder.Add(document);
        return builder.Build();
    }

    /// <summary>A problem of an object, such as the injector's compiler finds, at the place where the object stands; null when it is not one of these.</summary>
    /// <param name="kind">Instrumentation or TracingPolicy.</param>
    /// <param name="name">Name, or namespace/name.</param>
    /// <param name="field">For example <c>spec.sampler.argument</c>.</param>
    /// <param name="message">What is wrong, and the fix.</param>
    public ManifestProblem? Problem(string kind, string name, string field, string message) =>
        _places.TryGetValue((kind, name), out var place) ? place.Problem(JsonPointer.FromFieldPath(field), $"{kind} {name}: {field}: {message}") : null;

    private sealed class Builder
    {
        private readonly List<Namespace> _namespaces = [];
        private readonly List<Instrumentation> _instrumentations = [];
        private readonly List<TracingPolicy> _policies = [];
        private readonly List<PartialObject> _replicaSets = [];
        private readonly List<PartialObject> _jobs = [];
        private readonly List<ManifestProblem> _errors = [];
        private readonly List<ManifestProblem> _warnings = [];
        private readonly Dictionary<(string, string), ManifestObject> _places = [];

        public void Add(ManifestDocument document)
        {
            try
            {
                foreach (var item in ManifestObject.In(document, document.ToNode())) Add(item);
            }
            catch (ManifestException e)
            {
                _errors.AddRange(e.Problems);
            }
        }

        public ClusterManifests Build()
        {
            if (_errors.Count > 0) throw new ManifestException(_errors);
            var objects = new ClusterObjects
            {
                Namespaces = _namespaces,
                Instrumentations = _instrumentations,
                Policies = _policies,
                ReplicaSets = _replicaSets,
                Jobs = _jobs,
            };
            return new ClusterManifests(objects, _warnings, _places);
        }

        // The group is part of the kind: Tetragon has a TracingPolicy too.
        private void Add(ManifestObject item)
        {
            var context = ApiJsonContext.Default;
            switch (item.Kind, item.Group)
            {
                case ("Namespace", ""): Read(item, context.Namespace, isNamespaced: false, _namespaces, (o, _) => o); break;
                case ("Instrumentation", "opentelemetry.io") when Serves(item, "v1alpha1"):
                    Read(item, context.Instrumentation, isNamespaced: true, _instrumentations,
                        (o, ns) => o with { Metadata = o.Metadata with { Namespace = ns } });
                    break;
                case ("TracingPolicy", "spanhook.dev") when Serves(item, "v1alpha1"):
                    Read(item, context.TracingPolicy, isNamespaced: false, _policies, (o, _) => o);
                    break;
                case ("ReplicaSet", "apps"): ReadPartial(item, _replicaSets); break;
                case ("Job", "batch"): ReadPartial(item, _jobs); break;
            }
        }

        // A Job may have only a generateName; it is then no owner that a pod could name.
        private void ReadPartial(ManifestObject item, List<PartialObject> list)
        {
            if (!item.IsNamed) return;
            Read(item, ApiJsonContext.Default.PartialObject, isNamespaced: true, list, (o, ns) => o with { Metadata = o.Metadata with { Namespace = ns } });
        }

        private bool Serves(ManifestObject item, string version)
        {
            if (item.ApiVersion == $"{item.Group}/{version}") return true;
            _warnings.Add(item.Problem("/apiVersion", $"{item.Kind} {item.ApiVersion} is not read: write apiVersion: {item.Group}/{version}"));
            return false;
        }

        private void Read<T>(ManifestObject item, JsonTypeInfo<T> type, bool isNamespaced, List<T> list, Func<T, string, T> inNamespace)
        {
            var shape = new ShapeCheck(item);
            shape.Check(type);
            _warnings.AddRange(shape.Warnings);
            _errors.AddRange(shape.Errors);
            if (shape.Errors.Count > 0) return;

            if (!item.IsNamed)
            {
                _errors.Add(item.Problem("/metadata", $"{item.Kind} without a name: write metadata.name"));
                return;
            }

            var ns = isNamespaced ? item.Namespace ?? "default" : "";
            var name = isNamespaced ? $"{ns}/{item.Name}" : item.Name!;
            if (!_places.TryAdd((item.Kind, name), item))
            {
                var first = _places[(item.Kind, name)];
                var place = $"{first.Document.File}, line {first.Document.LineOf(first.Pointer + "/metadata/name")}";
                _errors.Add(item.Problem("/metadata/name", $"{item.Kind} {name} is there twice: remove this one or the one of {place}"));
                return;
            }

            try
            {
                list.Add(inNamespace(item.Json.Deserialize(type)!, ns));
            }
            catch (JsonException e)
            {
                _errors.Add(item.Problem("", $"{item.Kind} {name} cannot be read: {e.Message}"));
            }
        }
    }
}
