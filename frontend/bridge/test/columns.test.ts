import assert from "node:assert/strict";
import { test } from "node:test";

import { Terminal } from "@xterm/xterm";

import { AgentColumns } from "../src/terminal/columns";

/** The column of the cursor behind a text. */
async function behind(text: string): Promise<number> {
  const terminal = new Terminal({ allowProposedApi: true, cols: 200, rows: 5 });
  terminal.unicode.register(new AgentColumns());
  terminal.unicode.activeVersion = "agent";
  await new Promise<void>(done => { terminal.write(text, done); });
  return terminal.buffer.active.cursorX;
}

test("characters take the columns that the agent gives them", async () => {
  for (const [text, columns] of [
    ["plain ü", 7],
    ["漢字かな한국", 12],
    ["e\u0301\u0302x", 2],
    ["e" + "\u0301".repeat(1000), 1],
    ["\u{1f600}\u{1fae0}\u{1f972}", 6],
    ["\u{1f468}\u200d\u{1f469}\u200d\u{1f467}", 6],
    ["\u2764\ufe0f", 1],
    ["a\u202ebc\u202c", 3],
    ["ab\x1b[1;2H\u0301x\x1b[1;5H\u0301", 4],
    ["\u1100\u1161\ud7b0", 2],
    ["a\u00ad\u200b\u2060", 1],
    ["\u{3134a}", 2],
    ["a\u{e0101}", 1],
    ["\u{10fffd}", 1],
  ] as const) {
    assert.equal(await behind(text), columns, JSON.stringify(text));
  }
});
