/**
 * Invocations up to nodejs22.x: a handler answers by a promise, a callback or its context, or by leaving nothing to do.
 *
 * AWS: after a callback the response waits until the event loop is empty, unless `callbackWaitsForEmptyEventLoop` is false; a
 * promise's does not. Node.js tells of an empty loop by `beforeExit`: one listener is set at a time, whoever set it last is called.
 */
import { heed } from './api.mjs';
import { setTrace, ofEnvironment, ofHeaders, requestId, tenantId } from './context.mjs';
import { UnhandledPromiseRejection, causeOf, documentOf } from './errors.mjs';
import { serialized } from './payload.mjs';
import { ResponseStream } from './stream.mjs';

const REQUEST_ID = Symbol.for('aws.lambda.runtime.requestId');
const TENANT_ID = Symbol.for('aws.lambda.runtime.tenantId');
const BEFORE_EXIT = Symbol.for('aws.lambda.beforeExit');

/** The ids of the invocation that runs. AWS: libraries read them there. */
export function current() {
  return { requestId: globalThis[REQUEST_ID], tenantId: globalThis[TENANT_ID] };
}

function whenLoopIsEmpty(listener) {
  globalThis[BEFORE_EXIT] = listener;
}

const nothing = () => {};

/** Ends the process when the function leaves an error to nobody, and reports it: as that of the start, until an event came. */
export class Guard {
  #api;
  #requestId;

  /** Whether the process ends: then nothing more is asked for. */
  isEnding = false;

  constructor(api, log) {
    this.#api = api;
    process.on('uncaughtException', (error) => {
      log.report('Uncaught Exception', error);
      this.#end(error, 129);
    });
    process.on('unhandledRejection', (reason, promise) => {
      const error = new UnhandledPromiseRejection(reason, promise);
      log.report('Unhandled Promise Rejection', error);
      this.#end(error, 128);
    });
  }

  /** Says which invocation errors are of. */
  guards(requestId) {
    this.#requestId = requestId;
  }

  #end(error, status) {
    this.isEnding = true;
    const document = documentOf(error);
    const told =
      this.#requestId === undefined ? this.#api.failInit(document) : this.#api.fail(this.#requestId, document, causeOf(error));
    const end = () => process.exit(status);
    told.then(end, end);
  }
}

/** Serves events, one after the other. Traces name it, as AWS's. */
export class Runtime {
  #api;
  #log;
  #guard;
  #streaming;

  constructor(api, log, guard, handler, streaming) {
    this.#api = api;
    this.#log = log;
    this.#guard = guard;
    this.#streaming = streaming;
    this.handler = handler;
    whenLoopIsEmpty(nothing);
    process.on('beforeExit', () => globalThis[BEFORE_EXIT]());
  }

  /** Asks for the next event, when all that is due has run. */
  schedule() {
    setImmediate(() => {
      if (this.#guard.isEnding) return;
      this.#serve().catch((error) => {
        console.log(`Unexpected Top Level Error: ${error}`);
        process.exit(1);
      });
    });
  }

  async #serve() {
    const { headers, body } = await this.#api.next();
    globalThis[REQUEST_ID] = requestId(headers);
    globalThis[TENANT_ID] = tenantId(headers);
    this.#guard.guards(requestId(headers));
    if (this.#streaming) await this.handleOnceStreaming(headers, body);
    else this.handleOnceNonStreaming(headers, body);
  }

  handleOnceNonStreaming(headers, body) {
    const invocation = new Invocation(this.#api, this.#log, requestId(headers), () => this.schedule());
    try {
      whenLoopIsEmpty(() => invocation.leave());
      const event = JSON.parse(body.toString());
      const result = this.handler(event, contextOf(invocation.context, headers), invocation.callback);
      if (typeof result?.then === 'function') {
        const { succeed, fail } = invocation.context;
        result.then(succeed, fail).catch(fail);
      }
    } catch (error) {
      invocation.callback(error);
    }
  }

  async handleOnceStreaming(headers, body) {
    whenLoopIsEmpty(() => this.schedule());
    const upload = this.#api.stream(requestId(headers));
    const stream = new ResponseStream(upload, this.#streaming.highWaterMark);
    // A stream that is cut off says so by what the handler awaits.
    stream.on('error', nothing);
    const context = { callbackWaitsForEmptyEventLoop: true };
    try {
      const event = JSON.parse(body.toString());
      const result = this.handler(event, stream, contextOf(context, headers));
      // AWS: these two are texts, and their type is `string`.
      if (typeof result?.then !== 'function') await this.#failStream(stream, 'Streaming does not support non-async handlers.');
      else {
        if ((await result) !== undefined) console.warn('Streaming handlers ignore return values.');
        heed(await upload.answer, 'response');
        if (!stream.writableFinished) await this.#failStream(stream, 'Response stream is not finished.');
      }
    } catch (error) {
      await this.#failStream(stream, error);
    }
    this.#afterStream(context);
  }

  async #failStream(stream, error) {
    this.#log.report('Invoke Error', error);
    await stream.fail(error);
  }

  #afterStream(context) {
    whenLoopIsEmpty(nothing);
    if (context.callbackWaitsForEmptyEventLoop) whenLoopIsEmpty(() => setImmediate(() => this.schedule()));
    else this.schedule();
  }
}

function contextOf(base, headers) {
  setTrace(headers);
  const failed = (name, error) => new Error(`Cannot parse ${name} as json: ${error}`);
  return Object.assign(base, ofEnvironment(), ofHeaders(headers, failed));
}

/** One invocation: its response is that of whoever is first. */
class Invocation {
  #api;
  #log;
  #id;
  #next;
  #isReported = false;
  #waits = true;

  constructor(api, log, id, next) {
    this.#api = api;
    this.#log = log;
    this.#id = id;
    this.#next = next;
    let isFinished = false;
    const once = (answer) => (...values) => {
      if (isFinished) return;
      answer(...values);
      isFinished = true;
    };
    this.callback = once((error, result) => this.#callBack(error, result));
    this.context = this.#contextOf(once);
  }

  #contextOf(once) {
    const invocation = this;
    return {
      get callbackWaitsForEmptyEventLoop() {
        return invocation.#waits;
      },
      set callbackWaitsForEmptyEventLoop(value) {
        invocation.#waits = value;
      },
      succeed: once((result) => this.#done(null, result)),
      fail: once((error) => this.#done(error ?? 'handled', null)),
      done: once((error, result) => this.#done(error, result)),
    };
  }

  /** The handler left nothing to do and said nothing: the response is null. */
  leave() {
    this.#isReported = true;
    this.#send('null');
  }

  #callBack(error, result) {
    whenLoopIsEmpty(nothing);
    if (error !== undefined && error !== null) this.#fail(error);
    else if (!this.#waits) this.#complete(result);
    else whenLoopIsEmpty(() => setImmediate(() => this.#complete(result)));
  }

  #done(error, result) {
    whenLoopIsEmpty(nothing);
    if (error !== undefined && error !== null) this.#fail(error);
    else this.#complete(result);
  }

  #complete(result) {
    if (this.#isReported) {
      console.error('Invocation has already been reported as done. Cannot call complete more than once per invocation.');
      return;
    }
    this.#isReported = true;
    this.#send(serialized(result, Error));
  }

  #send(body) {
    // AWS: nothing of the function runs before this is with the engine; here it may.
    whenLoopIsEmpty(nothing);
    this.#after(this.#api.respond(this.#id, body), 'response');
  }

  #fail(error) {
    this.#log.report('Invoke Error', error);
    this.#after(this.#api.fail(this.#id, documentOf(error), causeOf(error)), 'error');
  }

  #after(told, what) {
    told.then(
      (answer) => {
        heed(answer, what);
        this.#next();
      },
      (error) => {
        process.stderr.write(`the runtime ends: ${error.message}\n`);
        process.exit(1);
      },
    );
  }
}
