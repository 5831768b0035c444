// Semantic tokens: colours by what a name is, where the grammar only sees a name.

import type { Text } from "@codemirror/state";
import { Decoration, EditorView } from "@codemirror/view";

import { offsetAt } from "../editor/problems";
import { ask, rangeOf } from "./context";
import { visible } from "./visible";

/** The colours of token types; others keep the grammar's. */
const COLOURS: Record<string, string> = {
  namespace: "type", type: "type", class: "type", enum: "type", interface: "type", struct: "type", typeParameter: "type",
  enumMember: "property", property: "property", function: "function", method: "function", macro: "function",
  decorator: "comment",
};

/** A token: offsets, type, modifiers. */
export interface Token {
  from: number;
  to: number;
  type: string;
  modifiers: string[];
}

/** Colours names by their meaning. */
export function semantics() {
  return [
    visible({
      refresh: "workspace/semanticTokens/refresh",
      offered: ({ client }) => {
        const range = client.capabilities.semanticTokensProvider?.range;
        return range !== undefined && range !== false;
      },
      fetch: async (view, context, from, to) => {
        const { doc } = view.state;
        const provider = context.client.capabilities.semanticTokensProvider;
        if (provider === undefined) return Decoration.none;
        const params = { range: rangeOf(doc, from, to) };
        const found = await ask<{ data: number[] } | null>(context, "textDocument/semanticTokens/range", params);
        const tokens = decode(doc, found?.data ?? [], provider.legend);
        return Decoration.set(tokens.flatMap(token => {
          const classes = classesOf(token);
          return classes === "" ? [] : [Decoration.mark({ class: classes }).range(token.from, token.to)];
        }), true);
      },
    }),
    looks,
  ];
}

/** Reads the protocol's numbers: five a token, each place relative to the one before. */
export function decode(doc: Text, data: number[], legend: { tokenTypes: string[]; tokenModifiers: string[] }): Token[] {
  const tokens: Token[] = [];
  let line = 0;
  let character = 0;
  for (let at = 0; at + 4 < data.length; at += 5) {
    const [lines = 0, characters = 0, length = 0, type = 0, bits = 0] = data.slice(at, at + 5);
    character = lines === 0 ? character + characters : characters;
    line += lines;
    const from = offsetAt(doc, { line, character });
    const to = offsetAt(doc, { line, character: character + length });
    if (from >= to) continue;
    const modifiers = legend.tokenModifiers.filter((_, bit) => (bits >> bit) % 2 === 1);
    tokens.push({ from, to, type: legend.tokenTypes[type] ?? "", modifiers });
  }
  return tokens;
}

function classesOf({ type, modifiers }: Token): string {
  const colour = COLOURS[type];
  const classes = colour === undefined ? [] : [`cm-token-${colour}`];
  if (modifiers.includes("mutable")) classes.push("cm-token-mutable");
  if (modifiers.includes("deprecated")) classes.push("cm-token-deprecated");
  return classes.join(" ");
}

const looks = EditorView.baseTheme({
  ".cm-token-type, .cm-token-type *": { color: "var(--syntax-type)" },
  ".cm-token-property, .cm-token-property *": { color: "var(--syntax-property)" },
  ".cm-token-function, .cm-token-function *": { color: "var(--syntax-function)" },
  ".cm-token-comment, .cm-token-comment *": { color: "var(--syntax-comment)" },
  ".cm-token-mutable": { textDecoration: "underline", textDecorationThickness: "1px", textUnderlineOffset: "3px" },
  ".cm-token-deprecated": { textDecoration: "line-through" },
});
