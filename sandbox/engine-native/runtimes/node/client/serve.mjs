/** The life of the process: load the function, then an event after the other until it is ended. */
import { RuntimeApi } from './api.mjs';
import * as callbacks from './callbacks.mjs';
import { awaitAssignment, heedOptions, setSearchPath } from './environment.mjs';
import { leadOut } from './egress.mjs';
import { documentOf, reportAnew } from './errors.mjs';
import { load, streamifyResponse, streaming } from './load.mjs';
import { Log } from './logs.mjs';
import * as promises from './promises.mjs';
import { HttpResponseStream } from './stream.mjs';

/** AWS: from here on there are no callbacks. */
const PROMISES_ALONE = 24;

/** Runs to the end of the process. */
export async function main() {
  const wasAssigned = await awaitAssignment();
  const major = runtime();
  setSearchPath(major, wasAssigned);
  await leadOut();
  const api = new RuntimeApi(process.env.AWS_LAMBDA_RUNTIME_API);
  const start = major < PROMISES_ALONE ? startWithCallbacks : startWithPromises;
  start(api, async () => {
    if (wasAssigned) await heedOptions();
    return load(process.env.LAMBDA_TASK_ROOT ?? process.cwd(), process.env._HANDLER, major >= PROMISES_ALONE);
  });
}

/** The version that the function asks for; without one, that which runs. */
function runtime() {
  const named = process.env.AWS_EXECUTION_ENV?.match(/^AWS_Lambda_nodejs(\d+)/)?.[1];
  return Number(named ?? process.versions.node.split('.', 1)[0]);
}

function startWithCallbacks(api, loaded) {
  const log = new Log(callbacks.current);
  log.takeConsole(true);
  setGlobals({});
  const guard = new callbacks.Guard(api, log);
  const serve = (handler) => new callbacks.Runtime(api, log, guard, handler, streaming(handler)).schedule();
  // What fails here is left to the guard.
  loaded().then(serve).catch((error) => setImmediate(() => process.emit('uncaughtException', error, 'uncaughtException')));
}

function startWithPromises(api, loaded) {
  const log = new Log(promises.current);
  log.takeConsole(false);
  reportAnew();
  setGlobals({ InvokeStore: promises.store });
  const start = async () => {
    const handler = await loaded();
    const kind = streaming(handler);
    if (!kind) promises.refuseCallbacks(handler);
    return new promises.Runtime(api, log, handler, kind);
  };
  const serve = async () => (await reported(start, api, log)).run();
  // What fails is left to Node.js, which ends the process.
  serve();
}

async function reported(start, api, log) {
  try {
    return await start();
  } catch (error) {
    log.report('Init Error', error);
    await api.failInit(documentOf(error));
    throw error;
  }
}

function setGlobals(more) {
  if (['1', 'true'].includes(process.env.AWS_LAMBDA_NODEJS_NO_GLOBAL_AWSLAMBDA)) return;
  globalThis.awslambda = { ...globalThis.awslambda, streamifyResponse, HttpResponseStream, ...more };
}
