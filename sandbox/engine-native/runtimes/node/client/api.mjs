/**
 * The Runtime API over one connection that stays: HTTP/1.1, as much of it as this API speaks.
 *
 * It knows neither events nor errors: what is sent is text, what comes is bytes. Node.js' own client takes more time to load than
 * all of this runtime, and twice as much a request.
 *
 * The connection keeps the process alive while an answer is awaited and not while a handler runs: that nothing else is left to do
 * is how a handler with callbacks may end.
 */
import { connect } from 'node:net';
import { Reader } from './answer.mjs';
import { Upload } from './upload.mjs';

const VERSION = '/2018-06-01/runtime';
/** Of an X-Ray cause, in bytes. AWS: a longer one is left out. */
const LONGEST_CAUSE = 1 << 20;

/** A client of one Runtime API. */
export class RuntimeApi {
  #host;
  #port;
  #address;
  #socket;
  #reader;
  #waiting;

  /** `address` is `host:port`. */
  constructor(address) {
    const at = address.lastIndexOf(':');
    this.#host = address.slice(0, at).replace(/^\[|\]$/g, '');
    this.#port = Number(address.slice(at + 1));
    this.#address = address;
  }

  /** Waits for the next event. */
  async next() {
    const answer = await this.#ask('GET', '/invocation/next', '', '');
    if (answer.status !== 200) throw new Error(`next was answered ${answer.status}: ${answer.body.subarray(0, 200)}`);
    return answer;
  }

  /** Answers an event. */
  respond(id, body) {
    return this.#ask('POST', `/invocation/${encodeURIComponent(id)}/response`, 'Content-Type: application/json\r\n', body);
  }

  /** Says that an event has no answer, and why. While another answer is awaited that goes over a connection of its own. */
  fail(id, document, cause) {
    const path = `/invocation/${encodeURIComponent(id)}/error`;
    const about = cause && cause.length < LONGEST_CAUSE ? `Lambda-Runtime-Function-XRay-Error-Cause: ${cause}\r\n` : '';
    return this.#report(path, document, about);
  }

  /** Says that the function cannot start, and why. */
  failInit(document) {
    return this.#report('/init/error', document, '');
  }

  #report(path, document, more) {
    const type = String(document.errorType).replace(/[^!-~]/g, '?');
    const head = `Content-Type: application/json\r\nLambda-Runtime-Function-Error-Type: ${type}\r\n${more}`;
    const api = this.#waiting ? new RuntimeApi(this.#address) : this;
    return api.#ask('POST', path, head, JSON.stringify(document));
  }

  /** Begins a response whose length is not known. */
  stream(id) {
    return new Upload(this, `/invocation/${encodeURIComponent(id)}/response`);
  }

  async #ask(method, path, head, body) {
    const isNew = !this.#socket;
    try {
      return await this.#exchange(method, path, head, body);
    } catch (error) {
      if (isNew || !error.wasIdle) throw error;
      // The connection was closed while it lay idle.
      return this.#exchange(method, path, head, body);
    }
  }

  #exchange(method, path, head, body) {
    const answer = this.expect();
    const size = method === 'POST' ? `Content-Length: ${Buffer.byteLength(body)}\r\n` : '';
    // One piece for the kernel. Heads are ASCII.
    this.#socket.write(this.head(method, path, head + size) + body);
    return answer;
  }

  /** The head of a request, ended. */
  head(method, path, fields) {
    return `${method} ${VERSION}${path} HTTP/1.1\r\nHost: ${this.#address}\r\n${fields}\r\n`;
  }

  /** Awaits an answer; whoever calls this sends the request. */
  expect() {
    if (this.#waiting) throw new Error('an answer of the Runtime API is awaited already');
    if (!this.#socket) this.#connect();
    this.#socket.ref();
    this.#reader = new Reader();
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
  }

  /** Writes a part of a request; `done` is called when it is with the kernel. */
  write(piece, encoding, done) {
    if (!this.#socket) done?.(new Error('the Runtime API went away'));
    else this.#socket.write(piece, encoding, done);
  }

  /** Holds writes back until `uncork`, so that they leave together. */
  cork() {
    this.#socket?.cork();
  }

  uncork() {
    this.#socket?.uncork();
  }

  /** Cuts the connection in the middle of a request. */
  cut(error) {
    this.#socket?.destroy();
    this.#fail(error);
  }

  #connect() {
    const socket = connect({ host: this.#host, port: this.#port, noDelay: true });
    this.#socket = socket;
    socket.on('data', (piece) => this.#take(piece));
    socket.on('error', (error) => this.#gone(socket, error));
    socket.on('close', () => this.#gone(socket, new Error('the Runtime API closed the connection')));
  }

  #gone(socket, error) {
    if (socket !== this.#socket) return;
    socket.destroy();
    error.wasIdle = this.#reader?.isEmpty ?? true;
    this.#fail(error);
  }

  #fail(error) {
    this.#socket = undefined;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.reject(error);
  }

  #take(piece) {
    try {
      this.#reader.take(piece);
    } catch (error) {
      this.cut(error);
      return;
    }
    const answer = this.#reader.answer;
    if (!answer || !this.#waiting) return;
    const { resolve } = this.#waiting;
    this.#waiting = undefined;
    if (answer.headers.connection?.toLowerCase() === 'close') {
      this.#socket.destroy();
      this.#socket = undefined;
    } else this.#socket.unref();
    resolve(answer);
  }
}

/** Looks whether the engine took a response. AWS: one that is refused, for its size say, is logged, and the runtime goes on. */
export function heed(answer, what) {
  if (answer.status < 300) return;
  const said = answer.body.toString('utf8', 0, 500);
  process.stderr.write(`LAMBDA_RUNTIME Failed to post handler ${what}. Http response code: ${answer.status}. ${said}\n`);
  // AWS: the API says so when nothing can go on; a runtime is to end promptly.
  if (answer.status >= 500) process.exit(1);
}
