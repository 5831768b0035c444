import assert from "node:assert/strict";
import { test } from "node:test";

import { loadMessages, phrases, say, told } from "../src/messages";

test("messages take their arguments, in the language that was chosen last", async () => {
  assert.equal(say("bridge.editor.name", { path: "a.rs" }), "Editor: a.rs");
  assert.deepEqual(phrases(), {}, "CodeMirror speaks English by itself");
  assert.match(await loadMessages("ko"), /^language = ko\n/);
  assert.equal(say("bridge.editor.name", { path: "a.rs" }), "편집기: a.rs");
  assert.equal(phrases().Find, "찾기");
  assert.equal(await loadMessages("en"), "");
  assert.equal(say("bridge.editor.name", { path: "$&" }), "Editor: $&");
});

test("what an agent says has its own words where no reason is known, or English is spoken", async () => {
  const needs = { name: "lsp-needs", arguments: [["level", "write"], ["capability", "files"]] as [string, string][] };
  assert.equal(told("it needs 'write' on files", needs), "it needs 'write' on files");
  await loadMessages("ko");
  assert.equal(told("it needs 'write' on files", needs), "파일에 '쓰기' 권한이 필요합니다");
  assert.equal(told("no", { name: "of-a-later-agent", arguments: [] }), "no");
  assert.equal(told("no"), "no");
  const cause = { name: "server-silent", arguments: [] };
  const often = [["times", "5"], ["minutes", "3"], ["reason", "it did not answer"]] as [string, string][];
  assert.match(told("no", { name: "server-ended-often", arguments: often, cause }), /응답하지 않/);
  const gone = [["action", "read"], ["path", "a"]] as [string, string][];
  assert.equal(told("no", { name: "not-found", arguments: gone }), "'a': 읽을 수 없습니다. 그런 파일이나 폴더가 없습니다.");
  assert.match(told("no", { name: "no-function", arguments: [["name", "함수"]] }), /'함수'는/);
  assert.match(told("no", { name: "no-function", arguments: [["name", "일"]] }), /'일'은/);
  await loadMessages("en");
});
