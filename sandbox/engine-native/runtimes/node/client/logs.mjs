/**
 * What goes into a function's log: `console` and the runtime's own reports, as text or as JSON.
 *
 * Where it goes depends on the engine, which reads standard output line by line: what must stay one event though it has several
 * lines goes there with carriage returns in place of new lines, or, if the engine gives a descriptor for it
 * (_LAMBDA_TELEMETRY_LOG_FD), in frames: a type of four bytes, a length of four, microseconds since 1970 in eight, the message;
 * numbers are big-endian. What the function writes to `process.stdout` itself goes there as it is.
 */
import { writeSync } from 'node:fs';
import { format } from 'node:util';
import { intoError, lineOf } from './errors.mjs';

const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];
const TEXT_FRAME = 0xa55a0003;
const JSON_FRAME = 0xa55a0002;

/** The log of this process. */
export class Log {
  #isJson;
  #lowest;
  #descriptor;
  #current;

  /** `current` gives the ids of the invocation that runs. */
  constructor(current) {
    const { AWS_LAMBDA_LOG_FORMAT, AWS_LAMBDA_LOG_LEVEL, _LAMBDA_TELEMETRY_LOG_FD } = process.env;
    this.#isJson = AWS_LAMBDA_LOG_FORMAT?.toUpperCase() === 'JSON';
    // AWS: a level that there is not is none.
    this.#lowest = Math.max(0, LEVELS.indexOf(AWS_LAMBDA_LOG_LEVEL?.toUpperCase()));
    const descriptor = parseInt(_LAMBDA_TELEMETRY_LOG_FD, 10);
    if (descriptor >= 0) this.#descriptor = descriptor;
    delete process.env._LAMBDA_TELEMETRY_LOG_FD;
    this.#current = current;
  }

  /** Makes `console` write into this log. */
  takeConsole(alwaysFatal) {
    for (const [level, name] of LEVELS.entries()) {
      // AWS: with callbacks, `fatal` is written whatever the level is.
      const isHeard = level >= this.#lowest || (alwaysFatal && name === 'FATAL');
      console[name.toLowerCase()] = isHeard ? (message, ...more) => this.#write(level, message, more) : () => {};
    }
    console.log = console.info;
  }

  /** Reports an error, as `console.error` would. */
  report(title, thrown) {
    const error = intoError(thrown);
    if (this.#isJson) console.error(error);
    else console.error(title, lineOf(error));
  }

  #write(level, message, more) {
    const now = new Date();
    const line = this.#isJson ? this.#document(now, level, message, more) : this.#text(now, level, message, more);
    if (this.#descriptor === undefined) process.stdout.write(`${line.replaceAll('\n', '\r')}\n`);
    else this.#frame(now, level, line);
  }

  #text(now, level, message, more) {
    // AWS: up to nodejs22.x the id is `undefined` before the first event, which is what stands there.
    return `${now.toISOString()}\t${this.#current().requestId}\t${LEVELS[level]}\t${format(message, ...more)}`;
  }

  #document(now, level, message, more) {
    const { requestId, tenantId } = this.#current();
    const document = { timestamp: now.toISOString(), level: LEVELS[level], requestId };
    if (tenantId) document.tenantId = tenantId;
    if (more.length === 0) return alone(document, message);
    document.message = format(message, ...more);
    const error = [message, ...more].find((part) => part instanceof Error);
    if (error) {
      const { errorType, errorMessage, stackTrace } = fieldsOf(error);
      Object.assign(document, { errorType, errorMessage, stackTrace: stackTrace ?? [] });
    }
    return JSON.stringify(document);
  }

  #frame(now, level, line) {
    const message = Buffer.from(this.#isJson ? line : `${line}\n`);
    const head = Buffer.alloc(16);
    // The level is above the two lowest bits, in steps of four.
    head.writeUInt32BE(((this.#isJson ? JSON_FRAME : TEXT_FRAME) | ((level + 1) * 4)) >>> 0, 0);
    head.writeUInt32BE(message.length, 4);
    head.writeBigUInt64BE(BigInt(now.valueOf()) * 1000n, 8);
    let rest = Buffer.concat([head, message]);
    while (rest.length > 0) rest = rest.subarray(writeSync(this.#descriptor, rest));
  }
}

/** AWS: what is logged alone is a member of the document as it is, errors in it with their parts. */
function alone(document, message) {
  document.message = message;
  try {
    return JSON.stringify(document, (_, value) => (value instanceof Error ? { ...fieldsOf(value), ...value } : value));
  } catch {
    return JSON.stringify({ ...document, message: format(message) });
  }
}

function fieldsOf(error) {
  const { stack } = error;
  return {
    errorType: error.constructor?.name ?? 'UnknownError',
    errorMessage: error.message,
    stackTrace: typeof stack === 'string' ? stack.split('\n') : stack,
  };
}
