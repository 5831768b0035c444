/** A response that is sent piece by piece, chunked, with trailers if it breaks off. It buffers nothing: that is a stream's. */

/** One response, over the connection of the API. */
export class Upload {
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
