// Small editors that are no documents: the JSON of a test event, and sources that are only read.

import { history } from "@codemirror/commands";
import { json, jsonParseLinter } from "@codemirror/lang-json";
import { linter, lintGutter } from "@codemirror/lint";
import { Compartment, EditorSelection, EditorState, Prec } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";

import { useCodeFont } from "../font";
import { submits } from "./commands";
import { loadLanguage } from "./languages";
import { showProblems, type Problem } from "./problems";
import { settings, type Setting } from "./settings";
import { basics, named, tabKey, understanding } from "./setup";
import { looks } from "./theme";

/** A small JSON editor. */
export interface JsonOptions {
  text: string;
  /** The name of the text box. */
  label: string;
  theme: string;
  nonce: string;
  readOnly: boolean;
  /** Where settings are written: `Setting[]` as JSON. They may have comments, and what is wrong is told. */
  schema?: string;
}

export type JsonEvent =
  | { kind: "change"; text: string }
  /** Ctrl+Enter. */
  | { kind: "submit" };

export interface JsonHandle {
  text(): string;
  /** Replaces the text, without a `change` event. */
  setText(text: string): void;
  /** Shows problems: `protocol::language::Problem[]` as JSON. */
  setProblems(json: string): void;
  setTheme(theme: string): void;
  focus(): void;
  destroy(): void;
}

/** A text to read, of any language. */
export interface SourceOptions {
  text: string;
  /** Its language id, `rust`. */
  language: string;
  /** The name of the text box. */
  label: string;
  theme: string;
  nonce: string;
}

export interface SourceHandle {
  goTo(line: number, column: number): void;
  setTheme(theme: string): void;
  focus(): void;
  destroy(): void;
}

/** Mounts a small JSON editor. */
export function mountJson(parent: HTMLElement, options: JsonOptions, on: (event: JsonEvent) => void): JsonHandle {
  useCodeFont();
  const theme = new Compartment();
  const grammar = new Compartment();
  let silent = false;
  const submit = () => {
    on({ kind: "submit" });
    return true;
  };
  const view = new EditorView({
    parent,
    doc: options.text,
    extensions: [
      Prec.highest(keymap.of([{ key: "Mod-Enter", run: submit }])),
      submits.of(options.schema === undefined),
      basics(options.nonce),
      named(options.label),
      theme.of(looks(options.theme)),
      EditorState.readOnly.of(options.readOnly),
      history(),
      tabKey(),
      understanding(),
      options.schema === undefined ? json() : [grammar.of([]), settings(JSON.parse(options.schema) as Setting[])],
      options.readOnly ? [] : [options.schema === undefined ? linter(checkJson) : [], lintGutter()],
      EditorView.updateListener.of(update => {
        if (update.docChanged && !silent) on({ kind: "change", text: update.state.doc.toString() });
      }),
    ],
  });
  if (options.schema !== undefined) {
    void loadLanguage("jsonc").then(found => {
      if (found !== undefined) view.dispatch({ effects: grammar.reconfigure(found) });
    });
  }
  return {
    setProblems: found => view.dispatch(showProblems(view.state, JSON.parse(found) as Problem[])),
    text: () => view.state.doc.toString(),
    setText: text => {
      silent = true;
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
      silent = false;
    },
    ...common(view, theme),
  };
}

/** Mounts a text to read. */
export function mountSource(parent: HTMLElement, options: SourceOptions): SourceHandle {
  useCodeFont();
  const theme = new Compartment();
  const grammar = new Compartment();
  const view = new EditorView({
    parent,
    doc: options.text,
    extensions: [
      basics(options.nonce),
      named(options.label),
      theme.of(looks(options.theme)),
      EditorState.readOnly.of(true),
      understanding(),
      grammar.of([]),
    ],
  });
  void loadLanguage(options.language).then(found => {
    if (found !== undefined) view.dispatch({ effects: grammar.reconfigure(found) });
  });
  return {
    goTo: (line, column) => {
      const target = view.state.doc.line(Math.min(Math.max(line, 1), view.state.doc.lines));
      const position = target.from + Math.min(Math.max(column - 1, 0), target.length);
      const effects = EditorView.scrollIntoView(position, { y: "center" });
      view.dispatch({ selection: EditorSelection.cursor(position), effects });
    },
    ...common(view, theme),
  };
}

function common(view: EditorView, theme: Compartment) {
  return {
    setTheme: (name: string) => view.dispatch({ effects: theme.reconfigure(looks(name)) }),
    focus: () => view.focus(),
    destroy: () => view.destroy(),
  };
}

/** An empty text is no event yet, and no fault either. */
const checkJson = (view: EditorView) => (view.state.doc.length === 0 ? [] : jsonParseLinter()(view));

