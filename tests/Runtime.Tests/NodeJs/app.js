// The application of the test: plain Node.js, no word about tracing in it.
const http = require('http');
const v8 = require('v8');

const server = http.createServer((request, response) => {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ heapLimitMiB: v8.getHeapStatistics().heap_size_limit / 1048576, nodeOptions: process.env.NODE_OPTIONS }));
});

// The port is the system's choice; whoever started this process reads it from the first line.
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
