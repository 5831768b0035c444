import assert from "node:assert/strict";
import { test } from "node:test";
import * as Y from "yjs";

import { acquire, follow as followFile, release, replaceText, type Replica } from "../src/editor/document";
import { keep } from "../src/kept";
import { MessageReader, decodeStateVector, encodeAnswer, encodeAsk, encodeAwareness, encodeUpdate } from "../src/editor/sync";
import type { LinkPort } from "../src/link";

// What of a page the documents listen to.
Object.assign(globalThis, { window: new EventTarget() });

function joined(...parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap(part => [...part]));
}

test("messages are read however frames split them", () => {
  const long = new Uint8Array(70_000).fill(7);
  const stream = joined(encodeAsk(Uint8Array.of(0)), encodeAnswer(long), encodeUpdate(Uint8Array.of(1, 2)), encodeAwareness(Uint8Array.of(3)));
  for (const size of [1, 2, 3, 1000, 16_384, stream.length]) {
    const reader = new MessageReader();
    const kinds: string[] = [];
    for (let start = 0; start < stream.length; start += size) {
      kinds.push(...reader.push(stream.slice(start, start + size)).map(message => message.kind));
    }
    assert.deepEqual(kinds, ["ask", "answer", "update", "awareness"], `frames of ${size}`);
  }
});

test("what is no message is an error, not a wait for more", () => {
  assert.throws(() => new MessageReader().push(Uint8Array.of(9, 1, 0)), /unknown type 9/);
  assert.throws(() => new MessageReader().push(Uint8Array.of(0, 7, 1, 0)), /unknown step 7/);
  assert.throws(() => new MessageReader().push(Uint8Array.of(1, ...new Array<number>(9).fill(0xff), 1)), /too large/);
  assert.throws(() => new MessageReader().push(Uint8Array.of(1, 0xff, 0xff, 0xff, 0xff, 0x7f)), /bytes/);
});

test("a state vector reads as clocks", () => {
  const doc = new Y.Doc();
  doc.getText("text").insert(0, "abc");
  assert.deepEqual([...decodeStateVector(Y.encodeStateVector(doc))], [[doc.clientID, 3]]);
});

test("a text is replaced where it differs", () => {
  for (const [before, after] of [["", "a"], ["abc", "abc"], ["abc", "aXc"], ["aaa", "aa"], ["abc", ""]] as const) {
    const text = new Y.Doc().getText("text");
    text.insert(0, before);
    replaceText(text, after);
    assert.equal(text.toString(), after);
  }
});

/** An agent with one document, and the link to it. */
class Agent {
  doc = new Y.Doc();
  id = "first";
  closed: number[] = [];
  /** Text that was set aside. */
  trash: string[] = [];
  readonly #channels = new Map<number, (bytes: Uint8Array) => void>();
  readonly #sessions = new Set<(resumed: boolean) => void>();
  #next = 1;

  readonly link: LinkPort = {
    call: async (method, params) => {
      if (method === "document.close") return null;
      if (method === "file.set-aside") {
        this.trash.push((params as { text: string }).text);
        return `7-${this.trash.length - 1}`;
      }
      if (method === "file.purge") {
        for (const id of (params as { ids: string[] }).ids) delete this.trash[Number(id.split("-")[1])];
        return null;
      }
      return {
        id: this.id, state: { path: "a", dirty: false, disk: "same" }, line_ending: "lf", encoding: "utf-8", read_only: false,
        plain: false, language: "plaintext",
      };
    },
    openChannel: onBytes => {
      this.#channels.set(this.#next, onBytes);
      return this.#next++;
    },
    send: (channel, bytes) => this.#receive(channel, bytes),
    consumed: () => undefined,
    closeChannel: channel => {
      this.closed.push(channel);
      this.#channels.delete(channel);
    },
    onSession: callback => {
      this.#sessions.add(callback);
      return () => this.#sessions.delete(callback);
    },
  };

  /** Comes back without the session, with a document that reads `text`: by its id the one it had, or another. */
  async restart(text: string, id = this.id): Promise<void> {
    this.doc = new Y.Doc();
    this.doc.getText("text").insert(0, text);
    this.id = id;
    for (const session of this.#sessions) session(false);
    await settle();
  }

  journal(): void {
    const vector = Y.encodeStateVector(this.doc);
    for (const send of this.#channels.values()) send(Uint8Array.of(100, vector.length, ...vector));
  }

  #receive(channel: number, bytes: Uint8Array): void {
    for (const message of new MessageReader().push(bytes)) {
      if (message.kind === "ask") {
        this.#channels.get(channel)?.(encodeAnswer(Y.encodeStateAsUpdate(this.doc, message.stateVector)));
        this.#channels.get(channel)?.(encodeAsk(Y.encodeStateVector(this.doc)));
      } else if (message.kind === "answer" || message.kind === "update") {
        Y.applyUpdate(this.doc, message.update);
      }
    }
  }
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
}

function follow(agent: Agent) {
  const told: string[] = [];
  const document = acquire(agent.link, "a");
  let replica: Replica | undefined;
  const stop = document.listen({
    ready: now => {
      replica = now;
      told.push(`ready ${now.text.toString()}`);
    },
    pending: pending => told.push(`pending ${pending}`),
    failed: message => told.push(`failed ${message}`),
    unsent: mine => told.push(`unsent ${mine}`),
  });
  return {
    told,
    decide: (mine: boolean) => document.decide(mine),
    text: () => replica?.text ?? assert.fail("no text yet"),
    leave: () => {
      stop();
      release(agent.link, document);
    },
  };
}

/** A tab that typed into a document that read `text`; the agent has not confirmed it. */
async function typedInto(text: string, at: number, typed: string) {
  const agent = new Agent();
  agent.doc.getText("text").insert(0, text);
  const tab = follow(agent);
  await settle();
  tab.text().insert(at, typed);
  return { agent, tab };
}

test("a document is shared, changes travel, and pending ends when they are durable", async () => {
  const agent = new Agent();
  agent.doc.getText("text").insert(0, "hello");
  const first = follow(agent);
  const second = follow(agent);
  await settle();
  assert.deepEqual(first.told, ["ready hello"]);
  assert.equal(first.text(), second.text());
  first.text().insert(5, " world");
  assert.equal(agent.doc.getText("text").toString(), "hello world");
  agent.journal();
  assert.deepEqual(first.told, ["ready hello", "pending true", "pending false"]);
  first.leave();
  assert.deepEqual(agent.closed, []);
  second.leave();
  await settle();
  assert.deepEqual(agent.closed, [1]);
});

test("after a lost session both sides get what they lack", async () => {
  const { agent, tab } = await typedInto("", 0, "typed");
  await agent.restart("disk ");
  assert.equal(tab.text().toString(), agent.doc.getText("text").toString());
  assert.match(tab.text().toString(), /typed/);
  tab.leave();
});

test("another document in the same place replaces the old one, and unconfirmed typing is kept", async () => {
  const { agent, tab } = await typedInto("one two", 3, " and a half");
  await agent.restart("one two", "second");
  assert.equal(tab.text().toString(), "one and a half two");
  assert.equal(agent.doc.getText("text").toString(), "one and a half two");
  tab.leave();
});

test("what was typed over other text comes back alike, and typing never reads the whole text", async () => {
  const { agent, tab } = await typedInto("one two three", 3, "!");
  agent.journal();
  const text = tab.text();
  const read = text.toString;
  text.toString = () => assert.fail("the whole text is read");
  text.insert(0, "+");
  text.delete(6, 3);
  text.insert(6, "2");
  text.delete(0, 2);
  text.toString = read;
  assert.equal(text.toString(), "ne! 2 three");
  await agent.restart("one! two three", "second");
  assert.equal(tab.text().toString(), "ne! 2 three");
  assert.equal(agent.doc.getText("text").toString(), "ne! 2 three");
  tab.leave();
});

test("typing that comes back after others changed the text waits for a decision", async () => {
  for (const mine of [false, true]) {
    const { agent, tab } = await typedInto("one two", 3, " and a half");
    await agent.restart("one two, of somebody else", "second");
    assert.equal(tab.text().toString(), "one two, of somebody else");
    assert.equal(agent.doc.getText("text").toString(), "one two, of somebody else");
    assert.equal(tab.told.at(-1), "unsent one and a half two");
    assert.deepEqual(agent.trash, ["one and a half two"], "a page that goes now loses nothing");
    const late = follow(agent);
    assert.deepEqual(late.told, ["ready one two, of somebody else", "unsent one and a half two"]);
    late.leave();
    tab.decide(mine);
    assert.equal(tab.told.at(-1), "unsent undefined");
    const kept = mine ? "one and a half two" : "one two, of somebody else";
    assert.equal(agent.doc.getText("text").toString(), kept);
    await settle();
    assert.deepEqual(agent.trash, ["one and a half two"], "what is dropped can be restored, what is taken is not durable yet");
    agent.journal();
    await settle();
    assert.equal(agent.trash[0], mine ? undefined : "one and a half two");
    tab.leave();
  }
});

test("what the agent does not have when the page's program ends is there after loading again, once", async () => {
  const storage = new Map<string, string>();
  Object.assign(globalThis, { sessionStorage: { getItem: (key: string) => storage.get(key) ?? null, setItem: (key: string, value: string) => storage.set(key, value) } });
  const { agent, tab } = await typedInto("one two", 3, " and a half");
  assert.deepEqual(keep(), []);
  tab.leave();
  const loaded = new Agent();
  loaded.doc.getText("text").insert(0, "one two");
  const again = follow(loaded);
  await settle();
  assert.equal(again.text().toString(), "one and a half two");
  assert.equal(loaded.doc.getText("text").toString(), "one and a half two");
  loaded.journal();
  assert.deepEqual(keep(), [], "nothing is to be kept");
  again.leave();
  agent.journal();
  const other = follow(agent);
  await settle();
  assert.equal(other.told.at(-1), "ready one and a half two");
  other.leave();
});

test("a moved file's document keeps its text and what can be undone", async () => {
  const agent = new Agent();
  const tab = follow(agent);
  await settle();
  tab.text().insert(0, "typed");
  followFile(agent.link, "a", "b");
  tab.leave();
  await settle();
  assert.deepEqual(agent.closed, [], "an editor will come for it");
  let replica: Replica | undefined;
  const document = acquire(agent.link, "b");
  const stop = document.listen({
    ready: now => { replica = now; }, pending: () => undefined, failed: () => undefined, unsent: () => undefined,
  });
  assert.equal(replica?.info.state.path, "b", "it does not send its editor back to where the file was");
  replica?.undo.undo();
  assert.equal(replica?.text.toString(), "");
  stop();
  release(agent.link, document);
  await settle();
  assert.deepEqual(agent.closed, [1]);
});
