import assert from "node:assert/strict";
import { test } from "node:test";

import { find, mayOpen } from "../src/terminal/links";
import { readMark } from "../src/terminal/size";
import { needsConfirmation, pieces, prepare } from "../src/terminal/paste";

test("pasted text can neither end the paste nor press a key", () => {
  assert.equal(prepare("a\x1b[201~rm -rf /\x03\n", true), "\x1b[200~a[201~rm -rf /\r\x1b[201~");
  assert.equal(prepare("one\r\ntwo\tthree\x9b", false), "one\rtwo\tthree");
});

test("several lines into a plain shell are asked about", () => {
  assert.equal(needsConfirmation("ls\n", false), false);
  assert.equal(needsConfirmation("ls\nrm x", false), true);
  assert.equal(needsConfirmation("ls\nrm x", true), false);
});

test("a long paste goes in pieces that lose nothing", () => {
  const text = "ü😀x".repeat(20_000);
  const decoder = new TextDecoder("utf-8", { fatal: true });
  assert.equal([...pieces(text)].map(piece => decoder.decode(piece)).join(""), text);
});

test("places in output are found", () => {
  const check = (line: string, ...wanted: string[]) => {
    const seen = find(line).map(found => (found.kind === "file" ? `${found.path}:${found.line}:${found.column}` : found.uri));
    assert.deepEqual(seen, wanted, line);
  };
  check("  --> src/main.rs:3:5", "src/main.rs:3:5");
  check("at /w/a-b/x.test.ts:10 and ./c.py:2:1", "/w/a-b/x.test.ts:10:1", "./c.py:2:1");
  check('  File "app/main.py", line 12, in f', "app/main.py:12:1");
  check("see https://example.com/a_(b), or (http://localhost:4566/x).", "https://example.com/a_(b)", "http://localhost:4566/x");
  check("https://example.com/main.rs:3:5", "https://example.com/main.rs:3:5");
  check("12:30:15 ok 10.0.0.1:80");
});

test("only web addresses may be opened", () => {
  assert.ok(mayOpen("https://example.com/"));
  for (const uri of ["javascript:alert(1)", "file:///etc/passwd", "https://a b", `https://x/${"a".repeat(3000)}`]) {
    assert.equal(mayOpen(uri), false, uri.slice(0, 30));
  }
});

test("only a mark of ours tells a size", () => {
  assert.deepEqual(readMark("12ab;120;40", "12ab"), { columns: 120, rows: 40 });
  for (const data of ["x;120;40", "12ab;0;40", "12ab;-1;40", "12ab;120", "12ab;120;40;1", "12ab;1e2;40", "12ab;12345;40", ""]) {
    assert.equal(readMark(data, "12ab"), undefined, data);
  }
});
