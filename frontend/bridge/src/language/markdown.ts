// Documentation as language servers write it: a subset of Markdown, drawn as elements.
//
// No HTML of the text ever becomes an element, links lead to the web only, and length is limited: a
// dependency's documentation is a stranger's text.

import { highlightingFor } from "@codemirror/language";
import { highlightCode, type Highlighter } from "@lezer/highlight";
import type { EditorState } from "@codemirror/state";

import { loadLanguage } from "../editor/languages";
import type { Documentation } from "./protocol";

/** Characters and blocks shown. */
const MAX_TEXT = 64 * 1024;
const MAX_BLOCKS = 500;

/** A block of text. */
export type Block =
  | { kind: "code"; language: string; text: string }
  | { kind: "heading" | "paragraph" | "quote"; spans: Span[] }
  | { kind: "list"; ordered: boolean; items: Span[][] }
  | { kind: "rule" };

/** A piece of a line. */
export type Span = { kind: "text" | "code" | "strong" | "emphasis"; text: string } | { kind: "link"; text: string; href: string };

/** Reads a text into blocks. */
export function parse(markdown: string): Block[] {
  const lines = markdown.slice(0, MAX_TEXT).split(/\r?\n/);
  const blocks: Block[] = [];
  let at = 0;
  while (at < lines.length && blocks.length < MAX_BLOCKS) {
    const line = lines[at] ?? "";
    const fence = /^\s*(`{3,}|~{3,})\s*([\w+-]*)/.exec(line);
    if (fence !== null) {
      const end = lines.findIndex((other, index) => index > at && other.trim().startsWith(fence[1] ?? "```"));
      const stop = end < 0 ? lines.length : end;
      blocks.push({ kind: "code", language: fence[2] ?? "", text: lines.slice(at + 1, stop).join("\n") });
      at = stop + 1;
    } else if (/^\s*$/.test(line)) {
      at++;
    } else if (/^\s*([-*_])(\s*\1){2,}\s*$/.test(line)) {
      blocks.push({ kind: "rule" });
      at++;
    } else if (/^#{1,6}\s/.test(line)) {
      blocks.push({ kind: "heading", spans: parseSpans(line.replace(/^#+\s+/, "")) });
      at++;
    } else if (item(line) !== undefined) {
      at = readList(lines, at, blocks);
    } else {
      at = readParagraph(lines, at, blocks);
    }
  }
  return blocks;
}

function item(line: string): { ordered: boolean; text: string } | undefined {
  const match = /^\s*(?:([-*+])|(\d{1,9})[.)])\s+(.*)$/.exec(line);
  return match === null ? undefined : { ordered: match[2] !== undefined, text: match[3] ?? "" };
}

function readList(lines: string[], start: number, blocks: Block[]): number {
  const first = item(lines[start] ?? "");
  const items: string[] = [];
  let at = start;
  for (; at < lines.length; at++) {
    const line = lines[at] ?? "";
    const found = item(line);
    if (found !== undefined) items.push(found.text);
    else if (/^\s+\S/.test(line) && items.length > 0) items[items.length - 1] += ` ${line.trim()}`;
    else break;
  }
  blocks.push({ kind: "list", ordered: first?.ordered ?? false, items: items.map(parseSpans) });
  return at;
}

function readParagraph(lines: string[], start: number, blocks: Block[]): number {
  const quote = /^\s*>/.test(lines[start] ?? "");
  const held: string[] = [];
  let at = start;
  for (; at < lines.length; at++) {
    const line = lines[at] ?? "";
    const ends = /^\s*$/.test(line) || /^\s*(`{3,}|~{3,})/.test(line) || (at > start && item(line) !== undefined);
    if (ends || /^\s*>/.test(line) !== quote) break;
    held.push(line.replace(/^\s*>\s?/, "").trim());
  }
  blocks.push({ kind: quote ? "quote" : "paragraph", spans: parseSpans(held.join(" ")) });
  return at;
}

// Every repetition is bounded, so that no text takes more than linear time.
const SPAN = /(`{1,9})([^`]|[^`][\s\S]{0,2000}?[^`])\1(?!`)|\*\*(\S(?:[\s\S]{0,500}?\S)?)\*\*|(?<![\w*])[*_](\S(?:[^*_]{0,500}\S)?)[*_](?![\w*])|\[((?:[^[\]]|\[[^[\]]{0,100}\]){1,300})\](?:\(([^()\s]{0,2000}(?:\([^()\s]{0,500}\))?[^()\s]{0,500})(?:\s+"[^"]{0,500}")?\)|\[[^\]]{0,300}\])?|<(https?:\/\/[^>\s]{1,2000})>|\\([\\`*_{}[\]()#+\-.!<>|&~])/g;

/** Reads a line into pieces. */
export function parseSpans(text: string): Span[] {
  const spans: Span[] = [];
  const add = (span: Span) => {
    if (span.text !== "") spans.push(span);
  };
  let end = 0;
  for (const match of text.matchAll(SPAN)) {
    add({ kind: "text", text: text.slice(end, match.index) });
    end = match.index + match[0].length;
    if (match[2] !== undefined) add({ kind: "code", text: match[2].replace(/^ (.*) $/, "$1") });
    else if (match[3] !== undefined) add({ kind: "strong", text: match[3] });
    else if (match[4] !== undefined) add({ kind: "emphasis", text: match[4] });
    else if (match[5] !== undefined) add(link(match[0], match[5], match[6]));
    else if (match[7] !== undefined) add({ kind: "link", text: match[7], href: match[7] });
    else add({ kind: "text", text: match[8] ?? "" });
  }
  add({ kind: "text", text: text.slice(end) });
  return spans;
}

/** A link, where it leads to the web; else its words. */
function link(whole: string, text: string, href: string | undefined): Span {
  const words = text.replace(/`/g, "");
  if (href !== undefined && /^https?:\/\//i.test(href)) return { kind: "link", text: words, href };
  // `[Vec]` is a reference of the documentation; `[x](file:///…)` leads nowhere here.
  if (/^`.*`$/.test(text)) return { kind: "code", text: words };
  return { kind: "text", text: href === undefined && whole === `[${text}]` ? whole : words };
}

/** Draws documentation; `state` lends its colours to code. */
export function render(documentation: Documentation, state: EditorState): HTMLElement {
  const element = document.createElement("div");
  element.className = "cm-documentation";
  if (typeof documentation !== "string" && documentation.kind === "plaintext") {
    element.textContent = documentation.value.slice(0, MAX_TEXT);
    return element;
  }
  const text = typeof documentation === "string" ? documentation : documentation.value;
  element.append(...parse(text).map(block => draw(block, state)));
  return element;
}

/** Draws code in a language's colours. */
export function renderCode(text: string, language: string, state: EditorState): HTMLElement {
  const pre = document.createElement("pre");
  const code = document.createElement("code");
  code.textContent = text;
  pre.append(code);
  void loadLanguage(language === "" ? "text" : language).then(support => {
    if (support === undefined) return;
    const highlighter: Highlighter = { style: tags => highlightingFor(state, tags) };
    const put = (piece: string, classes: string) => {
      const span = document.createElement("span");
      span.className = classes;
      span.textContent = piece;
      code.append(span);
    };
    code.textContent = "";
    highlightCode(text, support.language.parser.parse(text), highlighter, put, () => code.append("\n"));
  });
  return pre;
}

function draw(block: Block, state: EditorState): HTMLElement {
  switch (block.kind) {
    case "code":
      return renderCode(block.text, block.language, state);
    case "rule":
      return document.createElement("hr");
    case "list": {
      const list = document.createElement(block.ordered ? "ol" : "ul");
      list.append(...block.items.map(spans => filled("li", spans)));
      return list;
    }
    case "heading":
      // Not a heading of the page.
      return filled("div", [{ kind: "strong", text: block.spans.map(span => span.text).join("") }]);
    case "quote":
      return filled("blockquote", block.spans);
    case "paragraph":
      return filled("p", block.spans);
  }
}

function filled(name: string, spans: Span[]): HTMLElement {
  const element = document.createElement(name);
  element.append(...spans.map(drawSpan));
  return element;
}

function drawSpan(span: Span): Node {
  switch (span.kind) {
    case "text":
      return document.createTextNode(span.text);
    case "link": {
      const anchor = document.createElement("a");
      anchor.href = span.href;
      anchor.target = "_blank";
      anchor.rel = "noopener noreferrer";
      anchor.textContent = span.text;
      return anchor;
    }
    default: {
      const names = { code: "code", strong: "strong", emphasis: "em" } as const;
      const element = document.createElement(names[span.kind]);
      element.textContent = span.text;
      return element;
    }
  }
}
