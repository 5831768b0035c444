/**
 * Has http, https and fetch go through the proxy that leads out of the function's walls, where there is one. What that takes is
 * loaded then alone: a start without a proxy knows nothing of HTTP.
 *
 * Python's, Go's, Rust's and other clients do that by HTTPS_PROXY. Node.js heeds it from version 24 on, and only where it was told
 * to before it started.
 */

/** Where the engine says what its proxy is. The function does not see it. */
const PROXY = 'CUMULO_EGRESS_PROXY';

/** Leads connections out from now on, if there is a way. */
export async function leadOut() {
  const address = process.env[PROXY];
  delete process.env[PROXY];
  if (!address) return;
  const { lead } = await import('./tunnel.mjs');
  lead(new URL(address));
}
