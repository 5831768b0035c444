import assert from "node:assert/strict";
import { test } from "node:test";

import { loadMessages, phrases, say } from "../src/messages";

test("messages take their arguments, in the language that was chosen last", async () => {
  assert.equal(say("bridge.editor.name", { path: "a.rs" }), "Editor: a.rs");
  assert.deepEqual(phrases(), {}, "CodeMirror speaks English by itself");
  assert.match(await loadMessages("ko"), /^language = ko\n/);
  assert.equal(say("bridge.editor.name", { path: "a.rs" }), "편집기: a.rs");
  assert.equal(phrases().Find, "찾기");
  assert.equal(await loadMessages("en"), "");
  assert.equal(say("bridge.editor.name", { path: "$&" }), "Editor: $&");
});
