// What can be written in settings: names of the schema where a name is due, and what each may be. What is wrong with
// what is written, the agent says.

import { snippetCompletion, type Completion, type CompletionContext, type CompletionResult } from "@codemirror/autocomplete";
import { EditorState, type Extension } from "@codemirror/state";

/** A setting, as the application tells it. */
export interface Setting {
  id: string;
  description: string;
  /** What it is where nobody states it. */
  usual: unknown;
  /** All that it may be, where that is a few things. */
  values: unknown[];
}

/** Where in an object a place is. */
interface Place {
  /** How many braces and brackets are open. */
  depth: number;
  /** The member whose value is due; none where a name is. */
  name: string | undefined;
  /** Where the text begins that the place is in; none where it is in none. */
  text: number | undefined;
  /** Whether the place is in a comment. */
  comment: boolean;
}

/** What the text before its end says of that end. */
export function placeIn(text: string): Place {
  const place: Place = { depth: 0, name: undefined, text: undefined, comment: false };
  let last = "";
  const token = /"(?:[^"\\\n]|\\.)*("?)|\/\/.*|\/\*[^]*?(?:\*\/|$)|[{}[\],:]/g;
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    const [whole] = match;
    const open = match.index + whole.length === text.length;
    if (whole.startsWith("/")) {
      place.comment = open && !(whole.length > 3 && whole.endsWith("*/"));
    } else if (whole.startsWith('"')) {
      if (open && match[1] === "") place.text = match.index;
      else if (place.name === undefined) last = whole.slice(1, -1);
    } else if (whole === ":") {
      if (place.depth === 1) place.name = last;
    } else {
      if (whole === "{" || whole === "[") place.depth++;
      if (whole === "}" || whole === "]") place.depth--;
      if (place.depth === 1) place.name = undefined;
    }
  }
  return place;
}

/** Proposes settings and their values. */
export function settings(schema: Setting[]): Extension {
  const propose = (context: CompletionContext): CompletionResult | null => {
    const place = placeIn(context.state.sliceDoc(0, context.pos));
    if (place.depth !== 1 || place.comment) return null;
    const word = context.matchBefore(/[\w.-]*/);
    if (place.text === undefined && !context.explicit && (word === null || word.from === word.to)) return null;
    const from = place.text ?? word?.from ?? context.pos;
    const closes = place.text !== undefined && context.state.sliceDoc(context.pos, context.pos + 1) === '"';
    const options = place.name === undefined ? names(schema) : values(schema.find(known => known.id === place.name));
    return { from, ...(closes ? { to: context.pos + 1 } : {}), options, validFor: /^"?[\w.-]*"?$/ };
  };
  return EditorState.languageData.of(() => [{ autocomplete: propose }]);
}

function names(schema: Setting[]): Completion[] {
  return schema.map(({ id, description, usual }) => snippetCompletion(`"${id}": \${${JSON.stringify(usual).replace(/[{}]/g, "\\$&")}}`, {
    label: `"${id}"`, detail: JSON.stringify(usual), info: description, type: "property",
  }));
}

function values(setting: Setting | undefined): Completion[] {
  return (setting?.values ?? []).map(value => ({ label: JSON.stringify(value), type: "constant" }));
}
