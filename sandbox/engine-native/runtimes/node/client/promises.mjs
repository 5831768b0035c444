/**
 * Invocations since nodejs24.x: a handler answers by what it returns or resolves to, and by nothing else.
 *
 * AWS: no callbacks, no waiting for an empty event loop, and no care for errors that the function leaves to nobody: those end the
 * process as Node.js does it.
 */
import { heed } from './api.mjs';
import { setTrace, ofEnvironment, ofHeaders, requestId, tenantId } from './context.mjs';
import { CallbackHandlerDeprecated, JSONStringifyError, PlatformError, causeOf, documentOf } from './errors.mjs';
import { serialized } from './payload.mjs';
import { ResponseStream } from './stream.mjs';

const KEYS = {
  REQUEST_ID: Symbol.for('_AWS_LAMBDA_REQUEST_ID'),
  X_RAY_TRACE_ID: Symbol.for('_AWS_LAMBDA_X_RAY_TRACE_ID'),
  TENANT_ID: Symbol.for('_AWS_LAMBDA_TENANT_ID'),
};

/** What belongs to the invocation that runs: `awslambda.InvokeStore`, which the package `@aws/lambda-invoke-store` finds there. */
class InvokeStore {
  static PROTECTED_KEYS = KEYS;
  #context;

  getContext() {
    return this.#context;
  }

  hasContext() {
    return this.#context !== undefined;
  }

  get(key) {
    return this.#context?.[key];
  }

  set(key, value) {
    if (Object.values(KEYS).includes(key)) throw new Error(`Cannot modify protected Lambda context field: ${String(key)}`);
    this.#context ??= {};
    this.#context[key] = value;
  }

  run(context, work) {
    this.#context = context;
    return work();
  }

  getRequestId() {
    return this.get(KEYS.REQUEST_ID) ?? '-';
  }

  getXRayTraceId() {
    return this.get(KEYS.X_RAY_TRACE_ID);
  }

  getTenantId() {
    return this.get(KEYS.TENANT_ID);
  }
}

/** One for the process. */
export const store = new InvokeStore();

/** The ids of the invocation that runs. */
export function current() {
  return { requestId: store.getRequestId(), tenantId: store.getTenantId() };
}

/** Refuses a handler that waits for a callback. */
export function refuseCallbacks(handler) {
  if (handler.length < 3) return;
  throw new CallbackHandlerDeprecated(
    'ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. You need to modify ' +
      'this function to use a supported handler signature to use Node.js 24 or later. For more information see ' +
      'https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html.',
  );
}

/** Lets all that is due run before an invocation is reported. */
function turn() {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** Serves events, one after the other. */
export class Runtime {
  #api;
  #log;
  #streaming;

  constructor(api, log, handler, streaming) {
    this.#api = api;
    this.#log = log;
    this.#streaming = streaming;
    this.handler = handler;
  }

  /** Runs to the end of the process. */
  async run() {
    for (;;) {
      const { headers, body } = await this.#api.next();
      const context = contextOf(headers);
      const event = JSON.parse(body.toString());
      const fields = {
        [KEYS.REQUEST_ID]: requestId(headers),
        [KEYS.X_RAY_TRACE_ID]: context.xRayTraceId,
        [KEYS.TENANT_ID]: tenantId(headers),
      };
      await store.run(fields, () => (this.#streaming ? this.#serveStreaming(event, context) : this.#serve(event, context)));
    }
  }

  async #serve(event, context) {
    const id = context.awsRequestId;
    try {
      const result = await this.handler(event, context);
      await turn();
      heed(await this.#api.respond(id, serialized(result, JSONStringifyError)), 'response');
    } catch (error) {
      await turn();
      this.#log.report('Invoke Error', error);
      heed(await this.#api.fail(id, documentOf(error), causeOf(error)), 'error');
    }
  }

  async #serveStreaming(event, context) {
    const upload = this.#api.stream(context.awsRequestId);
    const stream = new ResponseStream(upload, this.#streaming.highWaterMark);
    // A stream that is cut off says so by what the handler awaits.
    stream.on('error', () => {});
    try {
      const result = this.handler(event, stream, context);
      if (typeof result?.then !== 'function') throw new Error('Streaming does not support non-async handlers.');
      if ((await result) !== undefined) console.warn('Streaming handlers ignore return values.');
      heed(await upload.answer, 'response');
      if (!stream.writableFinished) throw new Error('Response stream is not finished.');
    } catch (error) {
      await turn();
      this.#log.report('Invoke Error', error);
      await stream.fail(error);
    }
  }
}

function contextOf(headers) {
  setTrace(headers);
  const failed = (name, error) => new PlatformError(`Failed to parse ${name} as JSON: ${error.message}`);
  const { getRemainingTimeInMillis, ...told } = ofHeaders(headers, failed);
  const { functionVersion, functionName, ...rest } = ofEnvironment();
  const trace = headers['lambda-runtime-trace-id'];
  return { ...told, xRayTraceId: trace, getRemainingTimeInMillis, functionName, functionVersion, ...rest };
}
