/**
 * The environment of a function: when it is known, and what of Node.js follows from it.
 *
 * Node.js may boot before it knows its function. What it reads at its start alone has passed then; here is made up for what
 * can be: where packages are looked for, the time zone, the part of NODE_OPTIONS that says what to load. The rest is said on
 * standard error. Whoever assigns functions starts those that set such a thing without waiting for an assignment.
 */
import { readSync, closeSync } from 'node:fs';
import { createRequire, Module } from 'node:module';
import { connect } from 'node:net';
import { pathToFileURL } from 'node:url';
import { format } from 'node:util';

/** Names the descriptor from which a waiting process reads `{"environment": {…}}`, to the end of the file. */
const ASSIGNMENT = 'CUMULO_ASSIGNMENT_FD';
/** In bytes. AWS allows 4 KB of variables, and sets some thirty itself. */
const LONGEST_ASSIGNMENT = 1 << 20;

/** Variables that Node.js heeds at its start alone. */
const FIXED = ['NODE_EXTRA_CA_CERTS', 'NODE_ICU_DATA', 'NODE_V8_COVERAGE', 'NODE_PENDING_DEPRECATION', 'UV_THREADPOOL_SIZE'];

/** Waits for a function, if this process is told to; whether it was. Nothing else of the process runs meanwhile. */
export async function awaitAssignment() {
  const descriptor = process.env[ASSIGNMENT];
  if (descriptor === undefined) return false;
  await warm();
  const document = readWhole(Number(descriptor));
  // Nobody needs this process any more.
  if (document.length === 0) process.exit(0);
  become(JSON.parse(document.toString()).environment);
  return true;
}

/**
 * Does once what a function's start does, in vain: Node.js compiles its own code when it is first run.
 *
 * Nothing is expected of the connection, `https` is what AWS's SDK loads, and who logs writes to standard output.
 */
async function warm() {
  format('%s', process.stdout.writable);
  createRequire(import.meta.url)('./nothing.cjs');
  await Promise.all([import('node:https'), import('./nothing.cjs')]);
  await new Promise((done) => {
    connect({ host: '127.0.0.1', port: 1 }).on('error', () => {}).on('close', done).end('x');
  });
}

function readWhole(descriptor) {
  const pieces = [];
  const piece = Buffer.alloc(1 << 16);
  let total = 0;
  for (;;) {
    const count = readSync(descriptor, piece);
    if (count === 0) break;
    total += count;
    if (total > LONGEST_ASSIGNMENT) throw new Error(`the assignment is longer than ${LONGEST_ASSIGNMENT} bytes`);
    pieces.push(Buffer.from(piece.subarray(0, count)));
  }
  closeSync(descriptor);
  return Buffer.concat(pieces);
}

/** Makes this the process's environment wholly. Node.js takes over a time zone by itself. */
function become(environment) {
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, environment);
  // AWS: a function starts in its own folder, which may have been laid there since this process started.
  if (environment.LAMBDA_TASK_ROOT) process.chdir(environment.LAMBDA_TASK_ROOT);
  for (const name of FIXED.filter((name) => environment[name])) complain(name);
}

// LIMIT: what Node.js heeds at its start alone, a process that booted beforehand cannot.
function complain(what) {
  process.stderr.write(`${what} has no effect: Node.js had started before it knew its function\n`);
}

/**
 * Says where packages are looked for, unless the function does.
 *
 * AWS: in layers for this version, in layers, beside the runtime, beside the function.
 */
export function setSearchPath(major, wasAssigned) {
  const { LAMBDA_RUNTIME_DIR: runtime = '/var/runtime', LAMBDA_TASK_ROOT: task = '/var/task' } = process.env;
  const isSet = Boolean(process.env.NODE_PATH);
  if (!isSet) {
    const layers = `/opt/nodejs/node${major}/node_modules:/opt/nodejs/node_modules`;
    process.env.NODE_PATH = `${layers}:${runtime}/node_modules:${runtime}:${task}`;
  }
  if (!isSet || wasAssigned) Module._initPaths();
}

/** Does what NODE_OPTIONS say, as far as a process can that has started. */
export async function heedOptions() {
  const words = (process.env.NODE_OPTIONS ?? '').match(/"(?:\\.|[^"])*"|\S+/g) ?? [];
  const options = words.map((word) => word.replace(/^"(.*)"$/, '$1').replace(/\\(.)/g, '$1'));
  const require = createRequire(`${process.env.LAMBDA_TASK_ROOT ?? process.cwd()}/`);
  while (options.length > 0) {
    const [name, inline] = split(options.shift());
    const value = () => inline ?? options.shift();
    if (name === '-r' || name === '--require') require(value());
    else if (name === '--import') await load(value(), require);
    else if (name === '--enable-source-maps') process.setSourceMapsEnabled(true);
    else if (name === '--no-deprecation') process.noDeprecation = true;
    else if (name === '--stack-trace-limit') Error.stackTraceLimit = Number(value());
    else complain(`${name} in NODE_OPTIONS`);
  }
}

function split(option) {
  const at = option.indexOf('=');
  return option.startsWith('--') && at > 0 ? [option.slice(0, at), option.slice(at + 1)] : [option, undefined];
}

/** Imports as `--import` does: a path, an address or a package's name, seen from the function. */
function load(name, require) {
  if (/^(node|file|data):/.test(name)) return import(name);
  return import(pathToFileURL(require.resolve(name)).href);
}
