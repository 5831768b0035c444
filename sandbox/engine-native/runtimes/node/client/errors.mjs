/** What errors are called and reported as: to the caller, to the log, to X-Ray. Who hears of one is not here. */
import { types } from 'node:util';

let isNew = false;

/** From here on errors are reported as AWS does it since nodejs24.x. Called once, before there are any. */
export function reportAnew() {
  isNew = true;
}

/** Errors that the runtime finds. Their names begin with `Runtime.`. */
function named(name) {
  const Kind = class extends Error {
    constructor(message) {
      super(message);
      // AWS: since nodejs24.x the name is the error's own, which shows where it is logged.
      if (isNew) this.name = Kind.prototype.name;
    }
  };
  Kind.prototype.name = `Runtime.${name}`;
  return Kind;
}

export const ImportModuleError = named('ImportModuleError');
export const HandlerNotFound = named('HandlerNotFound');
export const MalformedHandlerName = named('MalformedHandlerName');
export const UserCodeSyntaxError = named('UserCodeSyntaxError');
export const MalformedStreamingHandler = named('MalformedStreamingHandler');
export const InvalidStreamingOperation = named('InvalidStreamingOperation');
export const CallbackHandlerDeprecated = named('CallbackHandlerDeprecated');
export const JSONStringifyError = named('JSONStringifyError');
export const PlatformError = named('PlatformError');

const UnhandledRejection = named('UnhandledPromiseRejection');

/** A promise that was rejected and that nobody looked at. Its reason is logged with it. */
export class UnhandledPromiseRejection extends UnhandledRejection {
  constructor(reason, promise) {
    super(String(reason));
    this.reason = reason;
    this.promise = promise;
  }
}

/** AWS: a text that is thrown becomes an error for the log. */
export function intoError(thrown) {
  return thrown instanceof Error ? thrown : new Error(isNew ? String(thrown) : thrown);
}

/** Whether something is an error; up to nodejs22.x, be it one of another realm or only alike. */
function isError(thrown) {
  if (isNew) return thrown instanceof Error;
  if (types.isNativeError(thrown)) return true;
  return Boolean(thrown) && ['name', 'message', 'stack'].every((part) => thrown[part] && typeof thrown[part] === 'string');
}

/** AWS: a delete character, which no header may hold, is written out. */
function escaped(text) {
  return text?.replaceAll('\x7f', '%7F');
}

/** The document that a caller gets. */
export function documentOf(thrown) {
  try {
    if (isError(thrown)) {
      return { errorType: escaped(thrown.name), errorMessage: escaped(thrown.message), trace: traceOf(thrown) };
    }
    return { errorType: typeof thrown, errorMessage: isNew ? String(thrown) : thrown.toString(), trace: [] };
  } catch {
    const errorMessage =
      'callback called with Error argument, but there was a problem while retrieving one or more of its message, name, and stack';
    return { errorType: 'handled', errorMessage, ...(isNew && { trace: [] }) };
  }
}

/** AWS: up to nodejs22.x an error without a trace cannot be read. */
function traceOf({ stack }) {
  return isNew && !stack ? [] : stack.replaceAll('\x7f', '%7F').split('\n');
}

/** An error for a text log: a document with all that it carries. */
export function lineOf(error) {
  try {
    return `\t${JSON.stringify(error, (_, value) => (value instanceof Error ? withOwn(value) : value))}`;
  } catch {
    return `\t${JSON.stringify(documentOf(error))}`;
  }
}

function withOwn(error) {
  const document = { errorType: error.name, errorMessage: error.message, code: error.code, ...error };
  if (typeof error.stack === 'string') document.stack = error.stack.split('\n');
  return document;
}

/** The cause as X-Ray has it, for a header; empty if the error cannot be read. */
export function causeOf(error) {
  try {
    const stack = framesOf(escaped(error.stack) ?? '');
    const cause = {
      working_directory: process.cwd(),
      exceptions: [{ type: escaped(error.name), message: escaped(error.message), stack }],
      paths: [...new Set(stack.map((frame) => frame.path))],
    };
    return JSON.stringify(cause).replace(/[^ -~]/g, unicode);
  } catch {
    return '';
  }
}

/** Headers are ASCII. */
function unicode(letter) {
  return `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** AWS: `at label (path:line:column)`, without its parentheses and its first word. */
function framesOf(stack) {
  return stack.split('\n').slice(1).map((line) => {
    const words = line.trim().replace(/[()]/g, '');
    const place = words.slice(words.indexOf(' ') + 1);
    const space = place.lastIndexOf(' ');
    const [path, at] = place.slice(space + 1).split(':');
    return { path, line: parseInt(at, 10), label: place.slice(0, Math.max(space, 0)) || 'anonymous' };
  });
}
