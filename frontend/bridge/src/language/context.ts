// What every language feature of an editor needs: the server, the document, and who hears of other files.

import { Facet, type ChangeDesc, type EditorState, type Extension, type Text } from "@codemirror/state";
import { EditorView, ViewPlugin, type ViewUpdate } from "@codemirror/view";
import * as Y from "yjs";

import type { Replica } from "../editor/document";
import { offsetAt, positionAt } from "../editor/problems";
import type { After, LanguageClient } from "./client";
import type { Range, TextEdit } from "./protocol";

/** A place in a file: of the workspace (`path`), or outside of it (`uri`). Lines and columns count from 1. */
export interface Place {
  path?: string;
  uri?: string;
  line: number;
  column: number;
}

/** What the features of an editor stand on. */
export interface LanguageContext {
  client: LanguageClient;
  replica: Replica;
  path(): string;
  /** Shows a place of another file. */
  open(place: Place): void;
  /** Tells a person why something did not work. */
  fail(message: string): void;
}

const contextFacet = Facet.define<LanguageContext, LanguageContext | undefined>({ combine: all => all[0] });

/** Gives an editor its context. */
export function provide(context: LanguageContext): Extension {
  return [contextFacet.of(context), changeLog];
}

/** The context of an editor; none where no server serves its language. */
export function contextOf(state: EditorState): LanguageContext | undefined {
  return state.facet(contextFacet);
}

/** Asks the server about the document, as it reads now. */
export function ask<T>(context: LanguageContext, method: string, params: object, signal?: AbortSignal): Promise<T> {
  const path = context.path();
  const textDocument = { uri: context.client.toUri(path) };
  const after: After = { path, vector: Array.from(Y.encodeStateVector(context.replica.doc)) };
  return context.client.request<T>(method, { textDocument, ...params }, after, signal);
}

/** Asks about a place in the document. */
export function askAt<T>(
  context: LanguageContext,
  method: string,
  state: EditorState,
  offset: number,
  more: object = {},
  signal?: AbortSignal,
): Promise<T> {
  return ask<T>(context, method, { position: positionAt(state.doc, offset), ...more }, signal);
}

/** A range of offsets as the protocol has it. */
export function rangeOf(doc: Text, from: number, to: number): Range {
  return { start: positionAt(doc, from), end: positionAt(doc, to) };
}

/** Edits as changes of a text. */
export function toChanges(doc: Text, edits: TextEdit[]): { from: number; to: number; insert: string }[] {
  return edits.map(edit => {
    const from = offsetAt(doc, edit.range.start);
    return { from, to: Math.max(from, offsetAt(doc, edit.range.end)), insert: edit.newText.replace(/\r\n?/g, "\n") };
  });
}

/** Follows what happens to a text from a moment on, so that an answer about it can still be placed. */
export interface Followed {
  /** Where an offset of that moment is now; none where its surroundings are gone. */
  map(offset: number, side: -1 | 1): number;
  /** The text of that moment. */
  readonly doc: Text;
  /** Whether it changed since. */
  readonly changed: boolean;
  stop(): void;
}

class Log {
  readonly followed = new Set<(changes: ChangeDesc) => void>();

  update(update: ViewUpdate): void {
    if (update.docChanged) for (const follow of this.followed) follow(update.changes.desc);
  }
}

const changeLog = ViewPlugin.fromClass(Log);

/** Follows the text of `view` from now on. */
export function follow(view: EditorView): Followed {
  let since: ChangeDesc | undefined;
  const add = (changes: ChangeDesc) => {
    since = since === undefined ? changes : since.composeDesc(changes);
  };
  const log = view.plugin(changeLog);
  log?.followed.add(add);
  return {
    doc: view.state.doc,
    map: (offset, side) => since?.mapPos(offset, side) ?? offset,
    get changed() {
      return since !== undefined;
    },
    stop: () => log?.followed.delete(add),
  };
}

/** Applies edits that were made for the text of `followed` to what it has become. */
export function applyEdits(view: EditorView, followed: Followed, edits: TextEdit[], userEvent: string): void {
  const changes = toChanges(followed.doc, edits).map(({ from, to, insert }) => {
    const start = followed.map(from, 1);
    return { from: start, to: Math.max(start, followed.map(to, -1)), insert };
  });
  if (changes.length > 0) view.dispatch({ changes, userEvent });
}

