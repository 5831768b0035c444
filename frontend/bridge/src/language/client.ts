// A thin client of a language server: requests and answers over a channel. The server's life, the documents it
// sees and its diagnostics are the agent's.

import type { LinkPort } from "../link";
import { type Reason, say, told } from "../messages";
import { encode, MessageReader } from "./framing";
import type { Capabilities } from "./protocol";
import { toPath, toUri } from "./uri";

/** Errors of the protocol that mean "ask again". */
const CONTENT_MODIFIED = -32801;
const SERVER_CANCELLED = -32802;
/** How often a request is made again, and the first pause in milliseconds; each is twice the one before. */
const RETRIES = 6;
const PAUSE = 40;

/** A request that failed: the protocol's error. */
export class RequestError extends Error {
  constructor(readonly code: number, message: string) {
    super(message);
  }
}

/** The text a request is about: the server sees it before it answers. */
export interface After {
  path: string;
  vector: number[];
}

interface Attached {
  root_uri: string;
  capabilities: Capabilities | null;
}

interface Incoming {
  id?: number;
  method?: string;
  params?: { capabilities?: Capabilities };
  result?: unknown;
  error?: { code: number; message: string; data?: { reason?: Reason } | null };
}

interface Waiting {
  resolve(result: unknown): void;
  reject(reason: unknown): void;
}

/** A language server, as this tab's editors use it. */
export class LanguageClient {
  capabilities: Capabilities = {};
  root = "";
  readonly #link: LinkPort;
  readonly language: string;
  readonly #leave: () => void;
  readonly #waiting = new Map<number, Waiting>();
  readonly #listeners = new Map<string, Set<() => void>>();
  #channel: number | undefined;
  #next = 1;

  constructor(link: LinkPort, language: string) {
    this.#link = link;
    this.language = language;
    this.#leave = link.onSession(resumed => {
      if (!resumed) void this.attach();
    });
  }

  /** Attaches to the server; whether there is one. */
  async attach(): Promise<boolean> {
    this.#detach();
    const reader = new MessageReader();
    const channel = this.#link.openChannel(bytes => {
      this.#receive(reader, bytes);
      this.#link.consumed(channel, bytes.length);
    });
    this.#channel = channel;
    try {
      const attached = (await this.#link.call("language.attach", { language: this.language, channel })) as Attached;
      this.root = attached.root_uri;
      if (attached.capabilities !== null) this.#learn(attached.capabilities);
      return true;
    } catch {
      this.#link.closeChannel(channel);
      if (this.#channel === channel) this.#channel = undefined;
      return false;
    }
  }

  toUri(path: string): string {
    return toUri(this.root, path);
  }

  toPath(uri: string): string | undefined {
    return toPath(this.root, uri);
  }

  /** Hears a server's notification (`workspace/inlayHint/refresh`), or `cumulo/ready`. Returns the undo. */
  on(method: string, listener: () => void): () => void {
    const listeners = this.#listeners.get(method) ?? new Set();
    this.#listeners.set(method, listeners);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  /** Asks the server; again where it says so. */
  async request<T>(method: string, params: unknown, after?: After, signal?: AbortSignal): Promise<T> {
    for (let attempt = 0; ; attempt++) {
      try {
        return (await this.#once(method, params, after, signal)) as T;
      } catch (reason) {
        const again = reason instanceof RequestError && (reason.code === CONTENT_MODIFIED || reason.code === SERVER_CANCELLED);
        if (!again || attempt >= RETRIES || signal?.aborted === true) throw reason;
      }
      await new Promise(resume => setTimeout(resume, PAUSE * 2 ** attempt));
    }
  }

  close(): void {
    this.#leave();
    const channel = this.#channel;
    this.#detach();
    // Refused where the session is new: then there is nothing to detach.
    if (channel !== undefined) this.#link.call("language.detach", { channel }).catch(() => undefined);
  }

  #once(method: string, params: unknown, after: After | undefined, signal: AbortSignal | undefined): Promise<unknown> {
    const channel = this.#channel;
    if (channel === undefined) return Promise.reject(new RequestError(0, say("bridge.language.no-server")));
    const id = this.#next++;
    const answer = new Promise<unknown>((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    signal?.addEventListener("abort", () => this.#cancel(id), { once: true });
    this.#link.send(channel, encode({ jsonrpc: "2.0", id, method, params, after }));
    return answer;
  }

  #cancel(id: number): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined || this.#channel === undefined) return;
    this.#waiting.delete(id);
    waiting.reject(new RequestError(-32800, "cancelled"));
    this.#link.send(this.#channel, encode({ jsonrpc: "2.0", method: "$/cancelRequest", params: { id } }));
  }

  #receive(reader: MessageReader, bytes: Uint8Array): void {
    for (const message of reader.push(bytes) as Incoming[]) {
      if (message.method !== undefined) {
        if (message.method === "cumulo/ready") this.#learn(message.params?.capabilities ?? {});
        this.#tell(message.method);
      } else if (message.id !== undefined) {
        const waiting = this.#waiting.get(message.id);
        this.#waiting.delete(message.id);
        const { error } = message;
        if (error === undefined) waiting?.resolve(message.result);
        else waiting?.reject(new RequestError(error.code, told(error.message, error.data?.reason)));
      }
    }
  }

  #learn(capabilities: Capabilities): void {
    this.capabilities = capabilities;
    this.#tell("capabilities");
  }

  #tell(method: string): void {
    for (const listener of this.#listeners.get(method) ?? []) listener();
  }

  #detach(): void {
    if (this.#channel !== undefined) this.#link.closeChannel(this.#channel);
    this.#channel = undefined;
    for (const waiting of this.#waiting.values()) waiting.reject(new RequestError(0, say("bridge.language.renewed")));
    this.#waiting.clear();
  }
}

interface Lease {
  client: LanguageClient;
  attached: Promise<boolean>;
  users: number;
}

const leases = new WeakMap<LinkPort, Map<string, Lease>>();

/** The client of a language, shared by this tab's editors; none where no server serves it. */
export async function connect(link: LinkPort, language: string): Promise<LanguageClient | undefined> {
  const ours = leases.get(link) ?? new Map<string, Lease>();
  leases.set(link, ours);
  let lease = ours.get(language);
  if (lease === undefined) {
    const client = new LanguageClient(link, language);
    lease = { client, attached: client.attach(), users: 0 };
    ours.set(language, lease);
  }
  lease.users++;
  if (await lease.attached) return lease.client;
  disconnect(link, language);
  return undefined;
}

/** Gives a client back. */
export function disconnect(link: LinkPort, language: string): void {
  const lease = leases.get(link)?.get(language);
  if (lease === undefined || --lease.users > 0) return;
  leases.get(link)?.delete(language);
  lease.client.close();
}

/** The client of a language that editors of this tab use now; none where none does. */
export async function clientOf(link: LinkPort, language: string): Promise<LanguageClient | undefined> {
  const lease = leases.get(link)?.get(language);
  return lease !== undefined && (await lease.attached) ? lease.client : undefined;
}

/** The clients that editors of this tab use now. */
export async function clientsOf(link: LinkPort): Promise<LanguageClient[]> {
  const languages = [...(leases.get(link)?.keys() ?? [])];
  const clients = await Promise.all(languages.map(language => clientOf(link, language)));
  return clients.filter(client => client !== undefined);
}
