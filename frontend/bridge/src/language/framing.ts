// Messages on a language channel: four bytes of length (big endian), then JSON.

import { ByteQueue } from "../bytes";

/** `protocol::language::MAX_MESSAGE`. */
const MAX_MESSAGE = 64 * 1024 * 1024;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A message as it goes on the channel. */
export function encode(message: unknown): Uint8Array {
  const body = encoder.encode(JSON.stringify(message));
  const framed = new Uint8Array(4 + body.length);
  new DataView(framed.buffer).setUint32(0, body.length);
  framed.set(body, 4);
  return framed;
}

/** Puts messages together from the frames of a channel. */
export class MessageReader {
  readonly #queue = new ByteQueue();

  /** The messages that are complete with `bytes`. */
  push(bytes: Uint8Array): unknown[] {
    this.#queue.push(bytes);
    const messages: unknown[] = [];
    for (;;) {
      const held = this.#queue.bytes;
      if (held.length < 4) return messages;
      const length = new DataView(held.buffer, held.byteOffset).getUint32(0);
      if (length > MAX_MESSAGE) throw new Error(`a language server's message of ${length} bytes`);
      if (held.length < 4 + length) return messages;
      messages.push(JSON.parse(decoder.decode(held.subarray(4, 4 + length))));
      this.#queue.drop(4 + length);
    }
  }
}
