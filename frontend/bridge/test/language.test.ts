import assert from "node:assert/strict";
import { test } from "node:test";
import { snippet } from "@codemirror/autocomplete";
import { EditorState, Text } from "@codemirror/state";
import { EditorView, type DecorationSet } from "@codemirror/view";

import { handlerOf, lens, lensOf } from "../src/editor/lens";
import { gather } from "../src/language/change";
import { encode, MessageReader } from "../src/language/framing";
import { textOf } from "../src/language/hints";
import { toDocumentation } from "../src/language/hover";
import { parse, parseSpans } from "../src/language/markdown";
import { decode } from "../src/language/semantics";
import { parameter } from "../src/language/signature";
import { toTemplate } from "../src/language/snippet";
import { flatten } from "../src/language/symbols";
import { toPath, toUri } from "../src/language/uri";

test("messages survive any split", () => {
  const stream = [{ id: 1 }, { text: "ü😀".repeat(10_000) }, {}].map(encode).flatMap(bytes => [...bytes]);
  for (const size of [1, 3, 4, 16_384, stream.length]) {
    const reader = new MessageReader();
    let count = 0;
    for (let at = 0; at < stream.length; at += size) count += reader.push(Uint8Array.from(stream.slice(at, at + size))).length;
    assert.equal(count, 3, `frames of ${size}`);
  }
});

test("paths and URIs lead to each other", () => {
  const root = "file:///home/ada/my%20work";
  for (const path of ["src/main.rs", "a b/ü#1?.rs", "100%/x", "odd\u{10ffff}é"]) {
    assert.equal(toPath(root, toUri(root, path)), path);
  }
  assert.equal(toUri(root, "odd\u{10ffff}"), `${root}/odd%FF`);
  for (const uri of ["file:///etc/passwd", root, `${root}shop/x`, `${root}/../x`, `${root}/%2e%2e/x`, "https://x/y", `${root}/%zz`]) {
    assert.equal(toPath(root, uri), undefined, uri);
  }
});

test("snippets become templates that CodeMirror reads", () => {
  const check = (snippetText: string, template: string) => {
    assert.equal(toTemplate(snippetText), template, snippetText);
    assert.ok(snippet(template));
  };
  check("push(${1:value})$0", "push(${1:value})${0}");
  check("match ${1:x} {\n    $0\n}", "match ${1:x} \\{\n    ${0}\n\\}");
  check("${1|one,two|} ${TM_FILENAME:none} $USER", "${1:one} none ");
  check("${1:outer ${2:inner}}", "${1:outer inner}");
  check("cost \\$5 \\} $", "cost $5 \\} $");
  check("${1:{}}", "${1}\\}");
});

test("documentation is read as text, never as HTML", () => {
  const blocks = parse("# Vec\nA *growable* `list`.\n\n- one\n- two\n  more\n\n```rust\nlet x = 1;\n```\n---\n> quoted\n<script>alert(1)</script>");
  assert.deepEqual(blocks.map(block => block.kind), ["heading", "paragraph", "list", "code", "rule", "quote", "paragraph"]);
  assert.deepEqual(parseSpans("<img src=x onerror=alert(1)> **b**"), [
    { kind: "text", text: "<img src=x onerror=alert(1)> " },
    { kind: "strong", text: "b" },
  ]);
});

test("links lead to the web or nowhere", () => {
  assert.deepEqual(parseSpans("[a](https://x.org/y_(z)) <https://w.org>"), [
    { kind: "link", text: "a", href: "https://x.org/y_(z)" },
    { kind: "text", text: " " },
    { kind: "link", text: "https://w.org", href: "https://w.org" },
  ]);
  for (const target of ["javascript:alert(1)", "command:run", "file:///etc/passwd", "data:text/html,x"]) {
    assert.deepEqual(parseSpans(`[a](${target})`), [{ kind: "text", text: "a" }], target);
  }
  assert.deepEqual(parseSpans("[`Vec`]"), [{ kind: "code", text: "Vec" }]);
  assert.deepEqual(parseSpans("x[0] snake_case_name 2*3*4"), [
    { kind: "text", text: "x" },
    { kind: "text", text: "[0]" },
    { kind: "text", text: " snake_case_name 2*3*4" },
  ]);
});

test("long and hostile documentation ends", () => {
  for (const text of ["*a", "[", "`", "` ``", "**a ", "[[a]", "<http://", "- x\n", "```\n"]) {
    assert.ok(parse(text.repeat(65_536 / text.length)).length <= 500, text);
  }
});

test("a hover's contents are read in every form", () => {
  assert.equal(toDocumentation({ contents: [{ language: "rust", value: "fn x()" }, "text"] }), "```rust\nfn x()\n```\n\ntext");
  assert.equal(toDocumentation({ contents: { kind: "markdown", value: "" } }), "");
});

test("the active parameter is found", () => {
  const signature = { label: "f(a: u8, b: u8)", parameters: [{ label: "a: u8" }, { label: [9, 14] as [number, number] }] };
  assert.deepEqual(parameter(signature, 0), [2, 7]);
  assert.deepEqual(parameter(signature, 1), [9, 14]);
  assert.deepEqual(parameter(signature, 9), [0, 0]);
});

test("edits that make or delete files are refused whole", () => {
  const edits = [{ range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }, newText: "x" }];
  assert.deepEqual(gather({ documentChanges: [{ textDocument: { uri: "u" }, edits }] }), { u: edits });
  assert.throws(() => gather({ documentChanges: [{ kind: "delete", uri: "u" } as never] }), /delete files/);
});

test("semantic tokens are placed one after another", () => {
  const legend = { tokenTypes: ["variable", "struct"], tokenModifiers: ["declaration", "mutable"] };
  const doc = Text.of(["let a = B;", "  c"]);
  const tokens = decode(doc, [0, 4, 1, 0, 3, 0, 4, 1, 1, 0, 1, 2, 1, 0, 0, 9, 0, 5, 0, 0], legend);
  assert.deepEqual(tokens, [
    { from: 4, to: 5, type: "variable", modifiers: ["declaration", "mutable"] },
    { from: 8, to: 9, type: "struct", modifiers: [] },
    { from: 13, to: 14, type: "variable", modifiers: [] },
  ]);
});

test("hints have their space and their limit", () => {
  const position = { line: 0, character: 0 };
  assert.equal(textOf({ position, label: [{ value: ": " }, { value: "u8" }], paddingRight: true }), ": u8 ");
  assert.equal(textOf({ position, label: "x".repeat(100) }).length, 61);
});

test("symbols come in the order of the text, each with what it is inside of", () => {
  const at = (line: number) => ({ start: { line, character: 2 }, end: { line, character: 5 } });
  const tree = [{ name: "Api", kind: 23, selectionRange: at(0), children: [{ name: "greet", kind: 6, selectionRange: at(3) }] }];
  const flat = [{ name: "main", kind: 12, location: { uri: "file:///w/src/main.rs", range: at(7) } }];
  const client = { toPath: (uri: string) => uri.replace("file:///w/", "") };
  const shown = [...flatten(client, "src/a.rs", tree, ""), ...flatten(client, "", flat, "")];
  assert.deepEqual(shown.map(({ name, container, path, line, column }) => [name, container, path, line, column]), [
    ["Api", "", "src/a.rs", 1, 3],
    ["greet", "Api", "src/a.rs", 4, 3],
    ["main", "", "src/main.rs", 8, 3],
  ]);
});

test("the handler is what run is given, or what is called so", () => {
  const check = (text: string, expected: number | undefined) => assert.equal(handlerOf(text), expected, text);
  check("fn main() { run(greet) }\nasync fn greet(a: A) {}", 25);
  check("pub fn handler() {}", 0);
  check("fn handlers() {}\n// fn handler", undefined);
});

test("what invokes stays above its handler, and typing elsewhere never reads the whole text", () => {
  let state = EditorState.create({ doc: "use a;\n\nfn handler() {\n  1\n}\n", extensions: lens(() => undefined) });
  const line = () => state.facet(EditorView.decorations).flatMap(set => {
    const lines: number[] = [];
    (set as DecorationSet).between(0, state.doc.length, from => { lines.push(state.doc.lineAt(from).number); });
    return lines;
  });
  const change = (from: number, to: number, insert: string) => { state = state.update({ changes: { from, to, insert } }).state; };
  state = state.update({ effects: lensOf("Invoke") }).state;
  assert.deepEqual(line(), [3]);
  const read = Text.prototype.toString;
  Text.prototype.toString = () => assert.fail("the whole text is read");
  change(0, 0, "// one\n// two\n");
  change(state.doc.length - 4, state.doc.length - 4, "23");
  Text.prototype.toString = read;
  assert.deepEqual(line(), [5]);
  const name = state.doc.line(5).from + 3;
  change(name, name + 7, "other");
  assert.deepEqual(line(), []);
  change(0, 0, "run(\nother)\n");
  assert.deepEqual(line(), [7]);
  change(5, 10, "none");
  assert.deepEqual(line(), []);
});
