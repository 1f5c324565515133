using Spanhook.Load;

// The table of contents:
//   LoadCommand        the command line
//   Scenarios          what is done and what has to come out: one file each; ScenarioCatalog lists them
//   Generating         the open loop: schedule, senders, histogram
//   Balancing          what kube-proxy is to a Service
//   Serving            the server as a child process, its figures, signals
//   Pods               the reviews
//   Evidence           tables and pages
return await LoadCommand.Create().Parse(args).InvokeAsync();
