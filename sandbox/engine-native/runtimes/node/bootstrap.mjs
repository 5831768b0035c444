/**
 * Starts the client of Lambda's Runtime API for functions in JavaScript: `node bootstrap.mjs`.
 *
 * It is no part of the client: that is in `client/`. Node.js 18 or newer, without packages.
 *
 * Which switches Node.js is started with is for the engine to say. AWS's are `--expose-gc --max-http-header-size 81920`, the heap's
 * sizes by the function's memory and, before nodejs24.x, `--no-experimental-require-module` (from Node.js 20.17) and
 * `--no-experimental-detect-module` (from 22.7) unless the function's NODE_OPTIONS say the opposite.
 *
 * With CUMULO_ASSIGNMENT_FD in its environment it waits, booted, to learn which function it is (`client/environment.mjs`).
 */
import { main } from './client/serve.mjs';

main();
