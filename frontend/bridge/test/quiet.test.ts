import assert from "node:assert/strict";
import { test } from "node:test";

import { Terminal } from "@xterm/xterm";

import { keepQuiet } from "../src/terminal/quiet";

/** A terminal without a screen, what it would type, and what it told of titles. */
function quiet(): { terminal: Terminal; typed: string[]; titles: string[] } {
  const terminal = new Terminal({ allowProposedApi: true, cols: 80, rows: 24 });
  const typed: string[] = [];
  const titles: string[] = [];
  terminal.onData(text => typed.push(text));
  terminal.onBinary(text => typed.push(text));
  terminal.onTitleChange(title => titles.push(title));
  keepQuiet(terminal);
  return { terminal, typed, titles };
}

function write(terminal: Terminal, text: string): Promise<void> {
  return new Promise(done => { terminal.write(text, done); });
}

test("nothing that a program asks is answered by a browser", async () => {
  const { terminal, typed, titles } = quiet();
  const asked = [
    "\x05", "\x1bZ", "\x1b[c", "\x1b[0c", "\x1b[>c", "\x1b[=c", "\x1b[5n", "\x1b[6n", "\x1b[?6n", "\x1b[?15n", "\x1b[x",
    "\x1b[18t", "\x1b[21t", "\x1b[14t", "\x1b[4$p", "\x1b[?2004$p", "\x1b[>q", "\x1b[?u",
    "\x1bP$qm\x1b\\", "\x1bP$qr\x1b\\", "\x1bP+q544e\x1b\\",
    "\x1b]4;1;?\x07", "\x1b]10;?\x07", "\x1b]11;?\x1b\\", "\x1b]12;?\x07", "\x1b]52;c;?\x07",
    `\x1b]52;c;${"QUFB".repeat(1000)}\x07`, "\x1b]0;rm -rf /\x07", "\x1b]2;title\x1b\\", "\x1b]1;icon\x07",
  ];
  for (const question of asked) await write(terminal, question);
  assert.deepEqual({ typed, titles }, { typed: [], titles: [] });
  await write(terminal, "still \x1b[31mhere\x1b[0m");
  assert.equal(terminal.buffer.active.getLine(0)?.translateToString(true), "still here");
});
