// A queue of bytes: what came over a channel and is not yet a whole message.

/** Bytes appended at the end and dropped from the front, without copying all of them each time. */
export class ByteQueue {
  #buffer = new Uint8Array(1024);
  #start = 0;
  #end = 0;

  /** What is in the queue; valid until the next {@link push}. */
  get bytes(): Uint8Array {
    return this.#buffer.subarray(this.#start, this.#end);
  }

  /** Appends. */
  push(bytes: Uint8Array): void {
    if (this.#end + bytes.length > this.#buffer.length) this.#make(bytes.length);
    this.#buffer.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  /** Drops `count` bytes from the front. */
  drop(count: number): void {
    this.#start += count;
    if (this.#start === this.#end) this.#start = this.#end = 0;
  }

  #make(room: number): void {
    const held = this.bytes;
    const target = held.length + room <= this.#buffer.length / 2
      ? this.#buffer
      : new Uint8Array(Math.max((held.length + room) * 2, 1024));
    target.set(held);
    this.#buffer = target;
    this.#start = 0;
    this.#end = held.length;
  }
}
