// Shared documents: one Y.Doc per path and tab, kept in step with the agent's over a channel.
//
// The agent owns the text; this is a replica that a person types into. Every local change goes out at once,
// without waiting to collect more, so that a language server asked right after it sees it.

import { Awareness, applyAwarenessUpdate, encodeAwarenessUpdate, removeAwarenessStates } from "y-protocols/awareness";
import * as Y from "yjs";

import { hold, letGo, take, type Carried } from "../kept";
import { failureText, type LinkPort } from "../link";
import * as sync from "./sync";
import { Typed } from "./typed";

/** How long a document is kept for an editor that is to come. */
const EXPECTED_MS = 10_000;

/** The name of the shared text: `protocol::document::TEXT`. */
const TEXT = "text";

/** `protocol::document::Document`. */
export interface DocumentInfo {
  id?: string;
  state: { path: string; dirty: boolean; disk: "same" | "conflict" | "deleted" };
  line_ending: "lf" | "cr-lf";
  encoding: string;
  read_only: boolean;
  plain: boolean;
  language: string;
  /** What whoever opens it must know. */
  notice?: string | null;
}

/** What a user of a shared document is told. */
export interface DocumentListener {
  /** The text is there for the first time, or `replica` is a new one that takes the old one's place. */
  ready(replica: Replica): void;
  /** Whether text typed here is not yet durable at the agent. */
  pending(pending: boolean): void;
  /** Opening, or opening again, failed. */
  failed(message: string): void;
  /**
   * The agent's document is another than the one that `mine` was typed into, and others changed the text: what was
   * typed is not in it. {@link SharedDocument.decide} says what becomes of it.
   */
  unsent(mine: string | undefined): void;
}

/** One lifetime of a text: the agent's document and its copies. */
export class Replica {
  readonly doc = new Y.Doc();
  readonly text = this.doc.getText(TEXT);
  readonly awareness = new Awareness(this.doc);
  /** Undoes only what was typed in this tab: its origins are the editors that show the text. */
  readonly undo = new Y.UndoManager(this.text);

  constructor(readonly info: DocumentInfo) {
    this.appear();
    window.addEventListener("pagehide", this.#vanish);
    window.addEventListener("pageshow", this.appear);
  }

  /** Tells the others that somebody is here; who, the agent adds from the session. */
  readonly appear = (): void => {
    if (this.awareness.getLocalState()?.["user"] === undefined) this.awareness.setLocalState({ user: {} });
  };

  /** The page goes; its session would keep the cursor for a while. */
  readonly #vanish = (): void => this.awareness.setLocalState(null);

  destroy(): void {
    window.removeEventListener("pagehide", this.#vanish);
    window.removeEventListener("pageshow", this.appear);
    this.undo.destroy();
    this.awareness.destroy();
    this.doc.destroy();
  }
}

/** Text that waits for a decision. */
interface Unsent {
  text: string;
  /** Its place in the workspace's trash: the page may go before anybody decides. None where it could not be kept. */
  kept: Promise<string | undefined>;
}

/** A document that some editors of this tab have open. */
export class SharedDocument {
  readonly #listeners = new Set<DocumentListener>();
  readonly #link: LinkPort;
  readonly #leave: () => void;
  #path: string;
  #channel: number | undefined;
  #replica: Replica | undefined;
  #reader = new sync.MessageReader();
  /** Whether the agent has answered our first question, so that the text is whole. */
  #whole = false;
  #pending = false;
  #attempt = 0;
  /** What was typed since the text was last as the agent had it. */
  #typed: Typed | undefined;
  /** Text that the agent never confirmed, on its way into the replica that follows; `before` is how it read as the agent had it. */
  #carried: Carried | undefined;
  /** Text that could not be carried there: others had changed what it was typed into. */
  #unsent: Unsent[] = [];
  /** Where text that was decided for is kept until the document has it durably. */
  #settled: Unsent[] = [];
  /** Runs while an editor is to come for it in a moment. */
  #expected: ReturnType<typeof setTimeout> | undefined;

  constructor(link: LinkPort, path: string) {
    this.#link = link;
    this.#path = path;
    this.#carried = take(path);
    hold(this, () => {
      const carried = this.#carried ?? this.#unconfirmed();
      return carried && [this.#path, carried];
    });
    this.#leave = link.onSession(resumed => {
      if (!resumed) void this.#open();
    });
    void this.#open();
  }

  get path(): string {
    return this.#path;
  }

  /** The replica, once its text is whole. */
  get replica(): Replica | undefined {
    return this.#whole ? this.#replica : undefined;
  }

  /** Whether nobody here listens any more, nor will in a moment. */
  get abandoned(): boolean {
    return this.#listeners.size === 0 && this.#expected === undefined;
  }

  /** Tells `listener` of everything from now on, the present state included. Returns the undo. */
  listen(listener: DocumentListener): () => void {
    clearTimeout(this.#expected);
    this.#expected = undefined;
    this.#listeners.add(listener);
    if (this.replica !== undefined) listener.ready(this.replica);
    if (this.#unsent[0] !== undefined) listener.unsent(this.#unsent[0].text);
    return () => this.#listeners.delete(listener);
  }

  /** The document's file has moved; the channel stays, and so does what can be undone. */
  moved(path: string): void {
    this.#path = path;
    if (this.#replica !== undefined) this.#replica.info.state.path = path;
  }

  /** Keeps it open while its editor is put up anew; `missed` is called where none comes. */
  expect(missed: () => void): void {
    clearTimeout(this.#expected);
    this.#expected = setTimeout(() => {
      this.#expected = undefined;
      missed();
    }, EXPECTED_MS);
  }

  /** Puts unsent text in place of the document's, or leaves it to the trash. */
  decide(mine: boolean): void {
    const unsent = this.#unsent.shift();
    if (unsent !== undefined && mine && this.#replica !== undefined) {
      this.#settled.push(unsent);
      replaceText(this.#replica.text, unsent.text);
      if (!this.#pending) this.#forgetSettled();
    }
    for (const listener of this.#listeners) listener.unsent(this.#unsent[0]?.text);
  }

  /** What was typed that the agent may not have. */
  #unconfirmed(): Carried | undefined {
    const text = this.#pending ? this.#replica?.text : undefined;
    return text && { mine: text.toString(), before: this.#typed?.before() };
  }

  #setAside(text: string): void {
    const kept = this.#link.call("file.set-aside", { path: this.#path, text }).then(String, () => undefined);
    this.#unsent.push({ text, kept });
  }

  /** What the document has needs no second place. */
  #forgetSettled(): void {
    for (const { kept } of this.#settled.splice(0)) {
      const purge = (id: string | undefined) => id === undefined ? undefined : this.#link.call("file.purge", { ids: [id] });
      kept.then(purge).catch((fault: unknown) => console.warn("text that is in its document stays in the trash, too", fault));
    }
  }

  /** Leaves the document. */
  close(): void {
    letGo(this);
    this.#leave();
    this.#attempt++;
    const channel = this.#channel;
    if (this.#replica !== undefined) {
      removeAwarenessStates(this.#replica.awareness, [this.#replica.doc.clientID], "closed");
      this.#replica.destroy();
    }
    if (channel === undefined) return;
    this.#channel = undefined;
    const forget = () => this.#link.closeChannel(channel);
    this.#link.call("document.close", { channel }).then(forget, forget);
  }

  async #open(): Promise<void> {
    const attempt = ++this.#attempt;
    if (this.#channel !== undefined) this.#link.closeChannel(this.#channel);
    this.#reader = new sync.MessageReader();
    // What arrives before the reply is kept until it is known which replica it belongs to.
    const early: Uint8Array[] = [];
    let started = false;
    const channel = this.#link.openChannel(bytes => {
      if (attempt !== this.#attempt) return;
      if (started) this.#receive(channel, bytes);
      else early.push(bytes);
    });
    this.#channel = channel;
    try {
      const info = (await this.#link.call("document.open", { path: this.#path, channel })) as DocumentInfo;
      if (attempt !== this.#attempt) return;
      this.#enter(info, channel);
      started = true;
      for (const bytes of early) this.#receive(channel, bytes);
    } catch (reason) {
      if (attempt !== this.#attempt) return;
      this.#link.closeChannel(channel);
      this.#channel = undefined;
      for (const listener of this.#listeners) listener.failed(failureText(reason));
    }
  }

  /** Goes on with the replica at hand, or starts one where the agent's document is another. */
  #enter(info: DocumentInfo, channel: number): void {
    const old = this.#replica;
    if (old !== undefined && old.info.id !== info.id) {
      this.#carried ??= this.#unconfirmed();
      old.destroy();
      this.#replica = undefined;
    }
    if (this.#replica === undefined) {
      this.#whole = false;
      this.#replica = new Replica(info);
      this.#follow(this.#replica);
    }
    const { doc, awareness } = this.#replica;
    this.#link.send(channel, sync.encodeAsk(Y.encodeStateVector(doc)));
    this.#link.send(channel, sync.encodeAwareness(encodeAwarenessUpdate(awareness, [doc.clientID])));
  }

  /** Sends what changes here, at once. */
  #follow(replica: Replica): void {
    replica.doc.on("beforeTransaction", (transaction: Y.Transaction) => {
      if (transaction.local && !this.#pending) this.#typed = new Typed(replica.doc, replica.text);
    });
    replica.doc.on("afterTransaction", (transaction: Y.Transaction) => {
      if (transaction.local) this.#typed?.add(transaction);
    });
    replica.doc.on("update", (update: Uint8Array, origin: unknown) => {
      if (origin === this) return;
      this.#setPending(true);
      if (this.#channel !== undefined) this.#link.send(this.#channel, sync.encodeUpdate(update));
    });
    replica.awareness.on("update", (changed: Record<"added" | "updated" | "removed", number[]>, origin: unknown) => {
      const own = replica.doc.clientID;
      // The agent took us out while our connection was away: we say again that we are here.
      const takenOut = origin === this && changed.removed.includes(own) && replica.awareness.getLocalState() !== null;
      if ((origin === this && !takenOut) || this.#channel === undefined) return;
      const clients = [...changed.added, ...changed.updated, ...changed.removed];
      if (!clients.includes(own)) return;
      this.#link.send(this.#channel, sync.encodeAwareness(encodeAwarenessUpdate(replica.awareness, [replica.doc.clientID])));
    });
  }

  #receive(channel: number, bytes: Uint8Array): void {
    const replica = this.#replica;
    if (replica === undefined) return;
    try {
      for (const message of this.#reader.push(bytes)) this.#take(replica, channel, message);
    } catch (fault) {
      console.error(`the document ${this.#path} is opened again`, fault);
      void this.#open();
      return;
    }
    this.#link.consumed(channel, bytes.length);
  }

  #take(replica: Replica, channel: number, message: sync.Message): void {
    switch (message.kind) {
      case "ask":
        this.#link.send(channel, sync.encodeAnswer(Y.encodeStateAsUpdate(replica.doc, message.stateVector)));
        break;
      case "update":
        Y.applyUpdate(replica.doc, message.update, this);
        break;
      case "answer":
        Y.applyUpdate(replica.doc, message.update, this);
        this.#becomeWhole(replica);
        break;
      case "awareness":
        applyAwarenessUpdate(replica.awareness, message.update, this);
        break;
      case "journaled":
        this.#setPending(!reaches(sync.decodeStateVector(message.stateVector), replica.doc));
        break;
      case "ended":
        if (message.reason === "") void this.#open();
        else for (const listener of this.#listeners) listener.failed(message.reason);
        break;
    }
  }

  #becomeWhole(replica: Replica): void {
    if (this.#whole) return;
    this.#whole = true;
    if (this.#carried !== undefined) this.#carry(replica, this.#carried);
    this.#carried = undefined;
    for (const listener of this.#listeners) {
      listener.ready(replica);
      if (this.#unsent[0] !== undefined) listener.unsent(this.#unsent[0].text);
    }
  }

  /** Brings what was typed into the replica before; where others changed the text meanwhile, a person decides. */
  #carry(replica: Replica, { mine, before }: Carried): void {
    const text = replica.text.toString();
    // Nothing of ours is on its way in this replica yet.
    this.#setPending(false);
    if (text === mine) return;
    if (text === before) replaceText(replica.text, mine);
    else this.#setAside(mine);
  }

  #setPending(pending: boolean): void {
    if (pending === this.#pending) return;
    this.#pending = pending;
    if (!pending) this.#forgetSettled();
    for (const listener of this.#listeners) listener.pending(pending);
  }
}

/** Whether what is durable holds everything typed here. */
function reaches(durable: Map<number, number>, doc: Y.Doc): boolean {
  const own = Y.decodeStateVector(Y.encodeStateVector(doc)).get(doc.clientID) ?? 0;
  return (durable.get(doc.clientID) ?? 0) >= own;
}

/** Makes `text` read `wanted` by one replacement of what differs. */
export function replaceText(text: Y.Text, wanted: string): void {
  const present = text.toString();
  const shorter = Math.min(present.length, wanted.length);
  let head = 0;
  while (head < shorter && present[head] === wanted[head]) head++;
  let tail = 0;
  while (tail < shorter - head && present.at(-1 - tail) === wanted.at(-1 - tail)) tail++;
  const removed = present.length - head - tail;
  const inserted = wanted.slice(head, wanted.length - tail);
  text.doc?.transact(() => {
    if (removed > 0) text.delete(head, removed);
    if (inserted !== "") text.insert(head, inserted);
  });
}

const open = new WeakMap<LinkPort, Map<string, SharedDocument>>();

/** Joins the document of `path`, opening it where no editor of this tab has it. */
export function acquire(link: LinkPort, path: string): SharedDocument {
  const documents = open.get(link) ?? new Map<string, SharedDocument>();
  open.set(link, documents);
  const known = documents.get(path);
  if (known !== undefined) return known;
  const document = new SharedDocument(link, path);
  documents.set(path, document);
  return document;
}

/** Documents follow a file that was moved, before their editors do. */
export function follow(link: LinkPort, from: string, to: string): void {
  const documents = open.get(link);
  const document = documents?.get(from);
  if (documents === undefined || document === undefined || documents.has(to)) return;
  documents.delete(from);
  documents.set(to, document);
  document.moved(to);
  document.expect(() => release(link, document));
}

/** The document of `path`, where an editor of this tab has it open. */
export function opened(link: LinkPort, path: string): SharedDocument | undefined {
  return open.get(link)?.get(path);
}

/** The state vector of the document of `path`; empty where no editor of this tab has it open. */
export function vectorOf(link: LinkPort, path: string): Uint8Array {
  const replica = opened(link, path)?.replica;
  return replica === undefined ? new Uint8Array() : Y.encodeStateVector(replica.doc);
}

/** Lets go of a document after its listener has been removed: the last one closes it. */
export function release(link: LinkPort, document: SharedDocument): void {
  if (!document.abandoned) return;
  const documents = open.get(link);
  if (documents?.get(document.path) === document) documents.delete(document.path);
  document.close();
}
