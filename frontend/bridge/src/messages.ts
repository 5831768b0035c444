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
  return text.replace(/\{(\w+)(?::([^|}]*)\|([^}]*))?\}/g, (_, name: string, first?: string, other?: string) => {
    const value = String(values[name] ?? "");
    return first === undefined ? value : (endsInConsonant(value) ? first : other) ?? "";
  });
}

/** Whether a Korean word, or a digit read as one, ends in a consonant: it chooses the form of what follows. */
function endsInConsonant(value: string): boolean {
  const last = value.at(-1) ?? "";
  return last >= "가" && last <= "힣" ? (last.charCodeAt(0) - 0xac00) % 28 > 0 : /[013678lmnr]/i.test(last);
}

/** Why something failed, in no language: see `Reason` of the protocol. */
export interface Reason {
  name: string;
  arguments: [string, string][];
  cause?: Reason;
}

/** What an agent says in the language that is spoken, where it gives a reason that is known; else its own words. */
export function told(message: string, reason?: Reason | null): string {
  const name = `error.${reason?.name}`;
  if (reason == null || !spoken.has(name)) return message;
  const word = (key: string, value: string) =>
    key === "reason" && reason.cause ? told(value, reason.cause) : spoken.get(`${key}.${value}`) ?? value;
  return say(name, Object.fromEntries(reason.arguments.map(([key, value]) => [key, word(key, value)])));
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
