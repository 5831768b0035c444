// What the islands say to people. Their English is a table of their own, beside the application's; other languages have one
// table for both, a chunk that is loaded when it is chosen.

import english from "../../app/src/messages/bridge.txt";

type Table = Map<string, string>;

const ENGLISH = read(english);

const LOADERS: Record<string, () => Promise<{ default: string }>> = {
  ko: () => import("../../app/src/messages/ko.txt"),
};

let spoken: Table = new Map();

/** A message with its arguments, in the language that is spoken. */
export function say(name: string, values: Record<string, string | number> = {}): string {
  const text = spoken.get(name) ?? ENGLISH.get(name) ?? name;
  return text.replace(/\{(\w+)\}/g, (_, value: string) => String(values[value] ?? ""));
}

/** CodeMirror's own phrases in the language that is spoken; none for English, in which it speaks by itself. */
export function phrases(): Record<string, string> {
  const theirs = [...spoken].filter(([name]) => name.startsWith(PHRASE));
  return Object.fromEntries(theirs.map(([name, text]) => [name.slice(PHRASE.length), text]));
}

const PHRASE = "phrase.";

/**
 * The messages of a language, a line each, which the islands speak from now on; `auto` is the browser's. Empty for one that
 * has none of its own.
 */
export async function loadMessages(locale: string): Promise<string> {
  const language = locale === "auto" ? navigator.language.replace(/-.*/, "") : locale;
  const text = (await LOADERS[language]?.())?.default ?? "";
  spoken = read(text);
  return text;
}

function read(text: string): Table {
  const table: Table = new Map();
  for (const line of text.split("\n")) {
    const at = line.indexOf(" = ");
    if (at > 0) table.set(line.slice(0, at), line.slice(at + 3));
  }
  return table;
}
