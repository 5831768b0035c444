/**
 * From the name of a handler to what is called: `folder/module.name`, where a name may be one in an object of another.
 *
 * AWS has two ways: up to nodejs22.x what can be required is, since nodejs24.x everything is imported. Both are here.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { HandlerNotFound, ImportModuleError, MalformedHandlerName, MalformedStreamingHandler, UserCodeSyntaxError } from './errors.mjs';

const STREAMING = Symbol.for('aws.lambda.runtime.handler.streaming');
const HIGH_WATER_MARK = Symbol.for('aws.lambda.runtime.handler.streaming.highWaterMark');

const require = createRequire(import.meta.url);

/** Loads the function's code and gives its handler. */
export async function load(root, name, importsAll) {
  if (name.includes('..')) {
    throw new MalformedHandlerName(
      `'${name}' is not a valid handler name. Use absolute paths when specifying root directories in handler names.`,
    );
  }
  const last = basename(name);
  const folder = name.slice(0, name.indexOf(last));
  const [, file, path] = last.match(/^([^.]*)\.(.*)$/) ?? [];
  if (path === undefined) throw new MalformedHandlerName('Bad handler');
  const module = await loaded(() => (importsAll ? imported : required)(root, folder, file), importsAll);
  const find = importsAll ? foundInObjects : found;
  const handler = find(module, path) || (importsAll && module?.default ? find(module.default, path) : undefined);
  if (!handler) throw new HandlerNotFound(`${name} is undefined or not exported`);
  if (typeof handler !== 'function') throw new HandlerNotFound(`${name} is not a function`);
  return handler;
}

function found(module, path) {
  return path.split('.').reduce((inside, key) => inside && inside[key], module);
}

/** AWS: since nodejs24.x members of functions are not looked at. */
function foundInObjects(module, path) {
  return path.split('.').reduce((inside, key) => (inside && typeof inside === 'object' ? inside[key] : undefined), module);
}

async function loaded(load, importsAll) {
  try {
    return await load();
  } catch (error) {
    if (error instanceof SyntaxError) {
      const told = new UserCodeSyntaxError(String(error));
      // AWS: since nodejs24.x the trace is that of the mistake.
      if (importsAll) told.stack = error.stack;
      throw told;
    }
    // AWS: up to nodejs22.x a null that is thrown fails here.
    if ((importsAll ? error?.code : error.code) === 'MODULE_NOT_FOUND') throw new ImportModuleError(String(error));
    throw error;
  }
}

/** Up to nodejs22.x. */
async function required(root, folder, file) {
  const path = resolve(root, folder, file);
  const isModule = existsSync(`${path}.js`) && isInModulePackage(dirname(path));
  const module =
    requireIfThere(path) ||
    (!isModule && requireIfThere(`${path}.js`)) ||
    (isModule && (await importIfThere(`${path}.js`))) ||
    (await importIfThere(`${path}.mjs`)) ||
    requireIfThere(`${path}.cjs`);
  return module || require(require.resolve(file, { paths: [root, folder] }));
}

/** Since nodejs24.x. */
async function imported(root, folder, file) {
  const path = resolve(root, folder, file);
  for (const extension of ['', '.js', '.mjs', '.cjs']) {
    const module = await importIfThere(path + extension);
    if (module) return module;
  }
  return require(require.resolve(file, { paths: [root, join(root, folder)] }));
}

function requireIfThere(path) {
  return existsSync(path) ? require(path) : undefined;
}

async function importIfThere(path) {
  return existsSync(path) ? import(pathToFileURL(path).href) : undefined;
}

/** Whether the next `package.json` above says that files are modules. */
function isInModulePackage(folder) {
  if (folder.endsWith('/node_modules')) return false;
  const path = join(folder, 'package.json');
  if (existsSync(path)) return typeOf(path) === 'module';
  return folder !== '/' && isInModulePackage(dirname(folder));
}

function typeOf(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))?.type;
  } catch (error) {
    console.warn(`${path} cannot be read, it will be ignored for ES module detection purposes.`, error);
    return undefined;
  }
}

/** Whether a handler streams its response; then it says how much may wait to be sent, or undefined. */
export function streaming(handler) {
  const kind = handler[STREAMING];
  if (kind === undefined || kind === null || kind === false) return undefined;
  if (kind !== 'response') throw new MalformedStreamingHandler('Only response streaming is supported.');
  const mark = parseInt(handler[HIGH_WATER_MARK], 10);
  return { highWaterMark: Number.isNaN(mark) ? undefined : mark };
}

/** Marks a handler as one that streams: `awslambda.streamifyResponse`. */
export function streamifyResponse(handler, options) {
  handler[STREAMING] = 'response';
  if (typeof options?.highWaterMark === 'number') handler[HIGH_WATER_MARK] = Math.trunc(options.highWaterMark);
  return handler;
}
