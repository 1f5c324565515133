using System.Text.Json;
using System.Text.Json.Serialization;
using Spanhook.Api.Core;
using Spanhook.Api.Meta;
using Spanhook.Api.OpenTelemetry;
using Spanhook.Api.Policy;

namespace Spanhook.Api;

/// <summary>The one serializer context: names in camel case as Kubernetes writes them, unknown fields ignored.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.General, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(Instrumentation))]
[JsonSerializable(typeof(TracingPolicy))]
[JsonSerializable(typeof(Namespace))]
[JsonSerializable(typeof(PartialObject))]
[JsonSerializable(typeof(Status))]
[JsonSerializable(typeof(ListMeta))]
public sealed partial class ApiJsonContext : JsonSerializerContext;
