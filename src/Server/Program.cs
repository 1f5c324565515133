using Spanhook.Server.Hosting;

// The table of contents:
//   Hosting/      options, --help, Kestrel and its limits, start and stop
//   Admission/    one AdmissionReview in, one out; fails open
//   Cluster/      where the Instrumentations, policies and namespaces come from
//   Certificates/ what the handshake presents
//   Telemetry/    one log line per outcome
return await ServerCommand.InvokeAsync(args, WebhookServer.RunAsync);
