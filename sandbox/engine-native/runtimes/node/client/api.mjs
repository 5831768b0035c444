/**
 * The Runtime API over one connection that stays: HTTP/1.1, as much of it as this API speaks.
 *
 * It knows neither events nor errors: what is sent is text, what comes is bytes. Node.js' own client costs more time to load than the rest of the runtime,
 * and several times as much a request.
 *
 * The connection keeps the process alive while an answer is awaited and not while a handler runs: that nothing else is left to do
 * is how a handler with callbacks may end.
 */
import { connect } from 'node:net';

const VERSION = '/2018-06-01/runtime';
/** Of an answer, in bytes. A client context has 3,583; who asks may add tracing. */
const LONGEST_HEAD = 1 << 20;
/** In bytes. AWS: 6,291,556 for a synchronous invocation, 1 MiB for others. */
const LONGEST_EVENT = 64 << 20;
/** Of an X-Ray cause, in bytes. AWS: a longer one is left out. */
const LONGEST_CAUSE = 1 << 20;

const END_OF_HEAD = Buffer.from('\r\n\r\n');
const NOTHING = Buffer.alloc(0);

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

/** A response that is sent piece by piece, with trailers if it breaks off. */
class Upload {
  #api;
  #path;
  #hasBegun = false;

  constructor(api, path) {
    this.#api = api;
    this.#path = path;
    this.contentType = 'application/octet-stream';
    /** The API's answer. AWS: the connection is there from the first, and with it the process stays. */
    this.answer = api.expect();
    // Whoever streams may look at it late, or never.
    this.answer.catch(() => {});
  }

  #begin() {
    this.#hasBegun = true;
    const head = [
      'Lambda-Runtime-Function-Response-Mode: streaming',
      'Trailer: Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body',
      `Content-Type: ${this.contentType}`,
      'Transfer-Encoding: chunked',
      '',
    ];
    this.#api.write(this.#api.head('POST', this.#path, head.join('\r\n')), 'latin1');
  }

  /** Sends a piece. */
  write(piece, done) {
    if (piece.length === 0) {
      done();
      return;
    }
    this.#api.cork();
    if (!this.#hasBegun) this.#begin();
    this.#api.write(`${piece.length.toString(16)}\r\n`, 'latin1');
    this.#api.write(piece);
    this.#api.write('\r\n', 'latin1', done);
    this.#api.uncork();
  }

  /** Ends the response: well, or with the error that is given. */
  end(error, done) {
    this.#api.cork();
    if (!this.#hasBegun) this.#begin();
    this.#api.write(`0\r\n${error ? trailersOf(error) : ''}\r\n`, 'latin1', done);
    this.#api.uncork();
  }

  /** Cuts the response off. AWS: that rejects a promise that nobody catches, so the process ends as for any such promise. */
  cut(error) {
    const reason = error ?? new Error('the response was cut off');
    this.#api.cut(reason);
    Promise.reject(reason);
  }
}

function trailersOf(document) {
  const type = String(document.errorType).replace(/[^!-~]/g, '?');
  const body = Buffer.from(JSON.stringify(document)).toString('base64');
  return `Lambda-Runtime-Function-Error-Type: ${type}\r\nLambda-Runtime-Function-Error-Body: ${body}\r\n`;
}

/** Puts an answer together from what arrives. A body, or a chunk of one, is copied once, into memory of its size. */
class Reader {
  #held = NOTHING;
  #status;
  #headers;
  #target;
  #filled = 0;
  #chunks;

  /** The answer, when it is whole. */
  answer;

  /** Whether nothing has arrived. */
  get isEmpty() {
    return this.#held.length === 0 && !this.#headers;
  }

  take(piece) {
    if (this.#target) {
      const rest = this.#fill(piece);
      if (this.#target) return;
      this.#held = rest;
    } else this.#held = this.#held.length === 0 ? piece : Buffer.concat([this.#held, piece]);
    if (!this.#headers && !this.#readHead()) return;
    if (this.#chunks) this.#readChunks();
    else if (!this.answer) this.#await(sizeOf(this.#status === 204 ? '0' : this.#headers['content-length'] ?? '0', 10));
  }

  #readHead() {
    const end = this.#held.indexOf(END_OF_HEAD);
    if (end < 0) {
      if (this.#held.length > LONGEST_HEAD) throw new Error(`an answer's head is longer than ${LONGEST_HEAD} bytes`);
      return false;
    }
    const [first, ...lines] = this.#held.toString('utf8', 0, end).split('\r\n');
    this.#held = this.#held.subarray(end + 4);
    this.#status = Number(first.split(' ', 2)[1]);
    if (!Number.isInteger(this.#status)) throw new Error(`an answer begins with ${JSON.stringify(first.slice(0, 100))}`);
    if (this.#status < 200) return this.#readHead();
    this.#headers = {};
    for (const line of lines) {
      const at = line.indexOf(':');
      this.#headers[line.slice(0, at).toLowerCase()] = line.slice(at + 1).trim();
    }
    if (this.#headers['transfer-encoding']?.toLowerCase() === 'chunked') this.#chunks = { pieces: [], total: 0, next: 'size' };
    return true;
  }

  /** Awaits so many bytes; what has arrived of them is taken now. */
  #await(size) {
    if (this.#held.length >= size) {
      const whole = this.#held.subarray(0, size);
      this.#held = this.#held.subarray(size);
      this.#taken(whole);
      return;
    }
    this.#target = Buffer.allocUnsafeSlow(size);
    this.#filled = 0;
    const held = this.#held;
    this.#held = NOTHING;
    this.#fill(held);
  }

  /** Puts a piece where it is awaited; gives what is behind it. */
  #fill(piece) {
    const count = piece.copy(this.#target, this.#filled);
    this.#filled += count;
    if (this.#filled === this.#target.length) {
      const whole = this.#target;
      this.#target = undefined;
      this.#taken(whole);
    }
    return piece.subarray(count);
  }

  #taken(whole) {
    if (this.#chunks) {
      this.#chunks.pieces.push(whole);
      this.#chunks.next = 'end';
    } else this.answer = { status: this.#status, headers: this.#headers, body: whole };
  }

  /** Reads a line after the other; a chunk is between the lines of its size and its end. */
  #readChunks() {
    while (!this.#target && !this.answer) {
      const end = this.#held.indexOf('\r\n');
      if (end < 0) return;
      const line = this.#held.toString('latin1', 0, end);
      this.#held = this.#held.subarray(end + 2);
      this.#heed(line);
    }
  }

  #heed(line) {
    const chunks = this.#chunks;
    if (chunks.next === 'end') chunks.next = 'size';
    else if (chunks.next === 'size') {
      const size = sizeOf(line.split(';', 1)[0], 16);
      chunks.total += size;
      sizeOf(String(chunks.total), 10);
      if (size === 0) chunks.next = 'trailers';
      else this.#await(size);
    } else if (line === '') {
      this.#chunks = undefined;
      this.#taken(Buffer.concat(chunks.pieces));
    }
  }
}

/** The length of a body, asked before memory is. */
function sizeOf(text, base) {
  const size = /^\s*[0-9a-f]+\s*$/i.test(text) ? parseInt(text, base) : -1;
  if (!(size >= 0 && size <= LONGEST_EVENT)) throw new Error(`an answer has a length of ${JSON.stringify(text.slice(0, 40))}`);
  return size;
}
