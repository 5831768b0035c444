/** An answer of the Runtime API, put together from what arrives of it. What it is an answer to is not here. */

/** Of an answer, in bytes. A client context has 3,583; who asks may add tracing. */
const LONGEST_HEAD = 1 << 20;
/** In bytes. AWS: 6,291,556 for a synchronous invocation, 1 MiB for others. */
const LONGEST_EVENT = 64 << 20;

const END_OF_HEAD = Buffer.from('\r\n\r\n');
const NOTHING = Buffer.alloc(0);

/** Reads one answer. A body, or a chunk of one, is copied once, into memory of its size. */
export class Reader {
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
