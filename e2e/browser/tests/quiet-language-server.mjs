// A language server that says it is ready and finds nothing. Journeys that are not about languages start it in
// rust-analyzer's place, which would analyse the same sample again for each of them; those about languages have the real one.
let received = Buffer.alloc(0);

process.stdin.on("data", (bytes) => {
  received = Buffer.concat([received, bytes]);
  for (let message = next(); message !== undefined; message = next()) answer(message);
});

/** The next whole message of what has come in. */
function next() {
  const end = received.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const length = Number(/Content-Length: (\d+)/i.exec(received.subarray(0, end).toString())?.[1]);
  const body = received.subarray(end + 4, end + 4 + length);
  if (body.length < length) return undefined;
  received = received.subarray(end + 4 + length);
  return JSON.parse(body.toString());
}

function answer({ id, method }) {
  if (method === "exit") process.exit(0);
  if (id !== undefined) send({ id, result: method === "initialize" ? { capabilities: {} } : null });
  // As rust-analyzer says that it has loaded everything.
  if (method === "initialized") send({ method: "experimental/serverStatus", params: { health: "ok", quiescent: true } });
}

function send(message) {
  const body = JSON.stringify({ jsonrpc: "2.0", ...message });
  process.stdout.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}
