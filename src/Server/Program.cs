using Spanhook.Server.Hosting;

// The table of contents:
//   Hosting/      options, --help, Kestrel and its limits, start and stop
//   Admission/    one AdmissionReview in, one out; fails open
//   Cluster/      where the Instrumentations, policies and namespaces come from
//   Certificates/ what the handshake presents
//   Reporting/    what was decided, told in the cluster: statuses and events
//   Telemetry/    one outcome per request: its log line, its metrics, its span; /metrics
return await ServerCommand.InvokeAsync(args, WebhookServer.RunAsync);
