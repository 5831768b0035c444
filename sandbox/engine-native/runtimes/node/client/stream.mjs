/** The stream that a streaming handler writes its response to, and what makes an HTTP response of it. */
import { Writable } from 'node:stream';
import { InvalidStreamingOperation, documentOf } from './errors.mjs';

const PRELUDE = 'application/vnd.awslambda.http-integration-response';
/** AWS: so many zeroes lie between the prelude and the body. */
const DELIMITER = 8;

/**
 * A response in pieces.
 *
 * LIMIT: AWS's has some of the methods of a stream; this one has them all.
 */
export class ResponseStream extends Writable {
  #upload;
  #isWritten = false;
  #error;

  constructor(upload, highWaterMark) {
    super({ highWaterMark });
    this.#upload = upload;
  }

  /** Says what the response is, before anything of it is written. */
  setContentType(type) {
    if (this.#isWritten) throw new InvalidStreamingOperation('Cannot set content-type, too late.');
    if (/[^\t -~]/.test(type)) {
      throw Object.assign(new TypeError('Invalid character in header content ["Content-Type"]'), { code: 'ERR_INVALID_CHAR' });
    }
    this.#upload.contentType = type;
  }

  /** AWS: what is neither text nor bytes is written as JSON; a prelude goes before the first piece, but not before that of `end`. */
  write(chunk, encoding, done) {
    // AWS: the length is looked at first, so null is a TypeError.
    const isText = chunk.length !== undefined && (typeof chunk === 'string' || chunk instanceof Uint8Array);
    const piece = isText ? chunk : JSON.stringify(chunk);
    if (!this.#isWritten && typeof this._onBeforeFirstWrite === 'function') {
      this._onBeforeFirstWrite((before) => super.write(before));
    }
    const isRoom = super.write(piece, encoding, done);
    this.#isWritten = true;
    return isRoom;
  }

  /** Ends the response with an error, if it has not ended, and awaits that the engine has it. What was cut off has no end. */
  async fail(thrown) {
    if (this.destroyed && !this.writableFinished) return;
    if (!this.writableEnded) {
      this.#error = documentOf(thrown);
      this.end();
    }
    await this.#upload.answer;
  }

  _write(chunk, _encoding, done) {
    this.#upload.write(chunk, done);
  }

  _final(done) {
    this.#upload.end(this.#error, done);
  }

  _destroy(error, done) {
    if (!this.writableFinished) this.#upload.cut(error);
    done(error);
  }
}

/** Makes an HTTP response of a stream: `awslambda.HttpResponseStream`. */
export class HttpResponseStream {
  /** `prelude` has the status, the headers and the cookies. */
  static from(stream, prelude) {
    stream.setContentType(PRELUDE);
    const head = JSON.stringify(prelude);
    stream._onBeforeFirstWrite = (write) => {
      write(head);
      write(new Uint8Array(DELIMITER));
    };
    return stream;
  }
}
