// The wire form of shared documents: Yjs' sync and awareness protocols plus our `journaled` message.
//
// A channel is a stream of bytes whose frames may split messages anywhere; every message tells its own length,
// so the reader keeps what is incomplete. Nothing here knows a document.

import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";

import { ByteQueue } from "../bytes";

const SYNC = 0;
const AWARENESS = 1;
/** `protocol::document::MESSAGE_JOURNALED`. */
const JOURNALED = 100;
/** `protocol::document::MESSAGE_ENDED`. */
const ENDED = 101;
/** A message longer than this is a fault of the other side. */
const MAX_MESSAGE = 128 * 1024 * 1024;

/** A message from the agent. */
export type Message =
  | { kind: "ask"; stateVector: Uint8Array }
  | { kind: "answer"; update: Uint8Array }
  | { kind: "update"; update: Uint8Array }
  | { kind: "awareness"; update: Uint8Array }
  | { kind: "journaled"; stateVector: Uint8Array }
  | { kind: "ended"; reason: string };

/** Puts messages together from the frames of a channel. */
export class MessageReader {
  readonly #queue = new ByteQueue();

  /** The messages that are complete with `bytes`; throws on what is no message. */
  push(bytes: Uint8Array): Message[] {
    this.#queue.push(bytes);
    const messages: Message[] = [];
    for (;;) {
      const found = parse(this.#queue.bytes);
      if (found === undefined) return messages;
      messages.push(found.value);
      this.#queue.drop(found.end);
    }
  }
}

/** Asks for what `stateVector` lacks. */
export function encodeAsk(stateVector: Uint8Array): Uint8Array {
  return encodeSync(0, stateVector);
}

/** Answers an ask. */
export function encodeAnswer(update: Uint8Array): Uint8Array {
  return encodeSync(1, update);
}

/** Tells of a change. */
export function encodeUpdate(update: Uint8Array): Uint8Array {
  return encodeSync(2, update);
}

/** Tells of cursors. */
export function encodeAwareness(update: Uint8Array): Uint8Array {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, AWARENESS);
  encoding.writeVarUint8Array(encoder, update);
  return encoding.toUint8Array(encoder);
}

function encodeSync(step: 0 | 1 | 2, payload: Uint8Array): Uint8Array {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, SYNC);
  encoding.writeVarUint(encoder, step);
  encoding.writeVarUint8Array(encoder, payload);
  return encoding.toUint8Array(encoder);
}

/** The clocks of a state vector by client. */
export function decodeStateVector(bytes: Uint8Array): Map<number, number> {
  const decoder = decoding.createDecoder(bytes);
  const clocks = new Map<number, number>();
  for (let count = decoding.readVarUint(decoder); count > 0; count--) {
    const client = decoding.readVarUint(decoder);
    clocks.set(client, decoding.readVarUint(decoder));
  }
  return clocks;
}

interface Parsed<T> {
  value: T;
  end: number;
}

function parse(bytes: Uint8Array): Parsed<Message> | undefined {
  const type = varUint(bytes, 0);
  if (type === undefined) return undefined;
  if (type.value !== SYNC) {
    const payload = block(bytes, type.end);
    return payload && { value: other(type.value, payload.value), end: payload.end };
  }
  const step = varUint(bytes, type.end);
  const payload = step && block(bytes, step.end);
  return payload && { value: sync(step.value, payload.value), end: payload.end };
}

function sync(step: number, payload: Uint8Array): Message {
  if (step === 0) return { kind: "ask", stateVector: payload };
  if (step === 1) return { kind: "answer", update: payload };
  if (step === 2) return { kind: "update", update: payload };
  throw new Error(`a sync message of unknown step ${step}`);
}

function other(type: number, payload: Uint8Array): Message {
  if (type === AWARENESS) return { kind: "awareness", update: payload };
  if (type === JOURNALED) return { kind: "journaled", stateVector: payload };
  if (type === ENDED) return { kind: "ended", reason: new TextDecoder().decode(payload) };
  throw new Error(`a document message of unknown type ${type}`);
}

function varUint(bytes: Uint8Array, start: number): Parsed<number> | undefined {
  let value = 0;
  let factor = 1;
  for (let at = start; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    value += (byte & 0x7f) * factor;
    if (value > Number.MAX_SAFE_INTEGER) throw new Error("a number in a document message is too large");
    if (byte < 0x80) return { value, end: at + 1 };
    factor *= 128;
  }
  return undefined;
}

function block(bytes: Uint8Array, start: number): Parsed<Uint8Array> | undefined {
  const length = varUint(bytes, start);
  if (length === undefined) return undefined;
  if (length.value > MAX_MESSAGE) throw new Error(`a document message of ${length.value} bytes`);
  const end = length.end + length.value;
  if (end > bytes.length) return undefined;
  return { value: bytes.slice(length.end, end), end };
}
