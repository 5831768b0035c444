// Going where a name is defined, and seeing where it is used.

import { EditorSelection, RangeSet, StateEffect, StateField, type Extension } from "@codemirror/state";
import { Decoration, EditorView, ViewPlugin, type Command, type DecorationSet, type ViewUpdate } from "@codemirror/view";

import { acts } from "../acts";
import { offsetAt } from "../editor/problems";
import { say } from "../messages";
import { askAt, contextOf, type LanguageContext } from "./context";
import type { Location, LocationLink, Range } from "./protocol";

/** Milliseconds the cursor rests before its name's uses are marked. */
const REST = 250;

/** Goes where the name under the cursor is defined. */
export const goToDefinition: Command = view => go(view, "textDocument/definition", view.state.selection.main.head);
/** Goes where it is implemented. */
export const goToImplementation: Command = view => go(view, "textDocument/implementation", view.state.selection.main.head);

/** Ctrl-click: the definition. Uses of the name under the cursor are marked. */
export function navigation(): Extension {
  return [
    EditorView.domEventHandlers({
      mousedown: (event, view) => {
        if (event.button !== 0 || !(event.ctrlKey || event.metaKey) || event.altKey) return false;
        const position = view.posAtCoords({ x: event.clientX, y: event.clientY });
        if (position === null) return false;
        event.preventDefault();
        return go(view, "textDocument/definition", position);
      },
    }),
    uses,
    ViewPlugin.fromClass(Uses),
  ];
}

function go(view: EditorView, method: string, position: number): boolean {
  const context = contextOf(view.state);
  if (context === undefined) return false;
  const asked = acts();
  void askAt<Location | (Location | LocationLink)[] | null>(context, method, view.state, position).then(
    found => {
      const first = Array.isArray(found) ? found[0] : found ?? undefined;
      if (first === undefined) context.fail(say("bridge.language.no-definition"));
      else if (acts() !== asked) context.fail(say("bridge.language.late-definition"));
      else show(view, context, first);
    },
    () => context.fail(say("bridge.language.not-ready")),
  );
  return true;
}

function show(view: EditorView, context: LanguageContext, place: Location | LocationLink): void {
  const [uri, range]: [string, Range] = "uri" in place
    ? [place.uri, place.range]
    : [place.targetUri, place.targetSelectionRange];
  const path = context.client.toPath(uri);
  if (path === context.path()) {
    const position = offsetAt(view.state.doc, range.start);
    view.dispatch({
      selection: EditorSelection.cursor(position),
      effects: EditorView.scrollIntoView(position, { y: "center" }),
      userEvent: "select",
    });
    view.focus();
    return;
  }
  const at = { line: range.start.line + 1, column: range.start.character + 1 };
  context.open(path === undefined ? { uri, ...at } : { path, ...at });
}

const setUses = StateEffect.define<DecorationSet>();

const uses = StateField.define<DecorationSet>({
  create: () => RangeSet.empty,
  update: (marks, transaction) => {
    for (const effect of transaction.effects) if (effect.is(setUses)) return effect.value;
    return transaction.docChanged ? RangeSet.empty : marks;
  },
  provide: field => EditorView.decorations.from(field),
});

const read = Decoration.mark({ class: "cm-use" });
const write = Decoration.mark({ class: "cm-use cm-use-write" });

class Uses {
  #timer: ReturnType<typeof setTimeout> | undefined;

  update(update: ViewUpdate): void {
    if (!update.selectionSet && !update.docChanged) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#mark(update.view), REST);
  }

  destroy(): void {
    clearTimeout(this.#timer);
  }

  async #mark(view: EditorView): Promise<void> {
    const { state } = view;
    const context = contextOf(state);
    if (context?.client.capabilities.documentHighlightProvider === undefined) return;
    type Found = { range: Range; kind?: number }[] | null;
    const found = await askAt<Found>(context, "textDocument/documentHighlight", state, state.selection.main.head)
      .catch(() => null);
    if (view.state.doc !== state.doc || view.state.selection !== state.selection) return;
    const marks = (found ?? []).flatMap(({ range, kind }) => {
      const [from, to] = [offsetAt(state.doc, range.start), offsetAt(state.doc, range.end)];
      return from < to ? [(kind === 3 ? write : read).range(from, to)] : [];
    });
    if (marks.length > 0 || view.state.field(uses).size > 0) {
      view.dispatch({ effects: setUses.of(Decoration.set(marks, true)) });
    }
  }
}
