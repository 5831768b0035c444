// A TCP proxy that makes the way to the server slow, mute or broken. Browsers' own throttling does not reach WebSockets.
import { createConnection, createServer, type AddressInfo, type Server, type Socket } from "node:net";

/** How the way is. */
export interface Way {
  /** Milliseconds that bytes take, each way. */
  delay: number;
  /** Bytes a second, each way and connection. */
  rate: number;
}

const FREE: Way = { delay: 0, rate: Infinity };

/** Bytes under way in one direction; more stay in the sender's socket, as on a real link. */
const WINDOW = 64 * 1024;

export class Proxy {
  way: Way = FREE;
  readonly #server: Server;
  readonly #streams = new Set<Stream>();
  #mute = false;

  /** Starts on a free port, or on `port`. The target is asked for at every connection: it may move. */
  static async start(target: () => string, port = 0): Promise<Proxy> {
    const proxy = new Proxy(target);
    await new Promise<void>((done) => proxy.#server.listen(port, "127.0.0.1", done));
    return proxy;
  }

  private constructor(target: () => string) {
    this.#server = createServer((client) => {
      const { hostname, port } = new URL(`http://${target()}`);
      const server = createConnection({ host: hostname, port: Number(port) });
      this.#pump(client, server);
      this.#pump(server, client);
    });
  }

  /** `127.0.0.1:PORT`. */
  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Nothing passes and nobody is told: sockets stay open, as when a machine sleeps or a router forgets. */
  mute(): void {
    this.#mute = true;
    for (const stream of this.#streams) stream.hold();
  }

  /** What was held comes through, as after retransmission. */
  unmute(): void {
    this.#mute = false;
    for (const stream of this.#streams) stream.release();
  }

  /** Breaks every connection. */
  cut(): void {
    for (const stream of this.#streams) stream.end();
  }

  async stop(): Promise<void> {
    this.cut();
    await new Promise((done) => this.#server.close(done));
  }

  #pump(from: Socket, to: Socket): void {
    const stream = new Stream(from, to, () => this.way);
    this.#streams.add(stream);
    from.on("close", () => this.#streams.delete(stream));
    if (this.#mute) stream.hold();
  }
}

/** One direction of one connection: what was sent arrives when it is due, in the order of sending. */
class Stream {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #way: () => Way;
  readonly #queue: { due: number; bytes: number; step: () => void }[] = [];
  #underWay = 0;
  /** When the link has sent all it was given. */
  #free = 0;
  #held = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(from: Socket, to: Socket, way: () => Way) {
    this.#from = from;
    this.#to = to;
    this.#way = way;
    from.setNoDelay(true);
    from.on("data", (bytes: Buffer) => this.#send(bytes.length, () => to.write(bytes)));
    from.on("end", () => this.#send(0, () => to.end()));
    from.on("error", () => to.destroy());
    from.on("close", () => this.#send(0, () => to.destroy()));
  }

  hold(): void {
    this.#held = true;
    this.#from.pause();
  }

  release(): void {
    this.#held = false;
    this.#from.resume();
    this.#deliver();
  }

  end(): void {
    this.#from.destroy();
    this.#to.destroy();
  }

  #send(bytes: number, step: () => void): void {
    const { delay, rate } = this.#way();
    this.#free = Math.max(performance.now(), this.#free) + (bytes / rate) * 1000;
    const before = this.#queue.at(-1)?.due ?? 0;
    this.#queue.push({ due: Math.max(before, this.#free + delay), bytes, step });
    this.#underWay += bytes;
    if (this.#underWay > WINDOW) this.#from.pause();
    this.#deliver();
  }

  #deliver(): void {
    clearTimeout(this.#timer);
    while (!this.#held && this.#queue.length > 0) {
      const wait = this.#queue[0].due - performance.now();
      if (wait > 0) {
        this.#timer = setTimeout(() => this.#deliver(), wait);
        return;
      }
      const { bytes, step } = this.#queue.shift()!;
      this.#underWay -= bytes;
      step();
      if (this.#underWay <= WINDOW) this.#from.resume();
    }
  }
}
