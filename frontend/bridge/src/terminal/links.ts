// Places that a program's output mentions: `src/main.rs:3:5`, and addresses. Finding them is pure.

/** A place in a line of output. */
export type Found =
  | { kind: "file"; start: number; end: number; path: string; line: number; column: number }
  | { kind: "address"; start: number; end: number; uri: string };

/** Longest address followed. */
const MAX_ADDRESS = 2048;

const ADDRESS = /https?:\/\/[^\s"'<>`\u0000-\u001f]+/g;
const FILE = /(?<![\w/.@:-])((?:\.{0,2}\/)?(?:[\w.@+-]+\/)*[\w@+-][\w.@+-]*\.[A-Za-z][\w]*):(\d{1,7})(?::(\d{1,5}))?/g;
/** Python's way: `File "app.py", line 3`. */
const PYTHON = /File "([^"<>]+)", line (\d{1,7})/g;

/** All places of a line. */
export function find(line: string): Found[] {
  const addresses = [...line.matchAll(ADDRESS)].flatMap(match => address(match[0], match.index));
  const taken = (start: number) => addresses.some(found => start >= found.start && start < found.end);
  const files = [...line.matchAll(FILE), ...line.matchAll(PYTHON)]
    .filter(match => !taken(match.index))
    .map(match => file(match));
  return [...addresses, ...files];
}

/** Whether an address given by a program (OSC 8) may be opened at all. */
export function mayOpen(uri: string): boolean {
  return uri.length <= MAX_ADDRESS && /^https?:\/\/[^\s]+$/i.test(uri);
}

function address(text: string, start: number): Found[] {
  // Punctuation after an address belongs to the sentence, a bracket only where it opened before it.
  let uri = text.replace(/[.,;:!?]+$/, "");
  if (uri.endsWith(")") && !uri.includes("(")) uri = uri.slice(0, -1);
  if (uri.endsWith("]") && !uri.includes("[")) uri = uri.slice(0, -1);
  return mayOpen(uri) ? [{ kind: "address", start, end: start + uri.length, uri }] : [];
}

function file(match: RegExpMatchArray): Found {
  const start = match.index ?? 0;
  return {
    kind: "file",
    start,
    end: start + match[0].length,
    path: match[1] ?? "",
    line: Number(match[2]),
    column: Number(match[3] ?? 1),
  };
}
