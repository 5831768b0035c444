// Undoing in a shared text that several editors of this page may show.
//
// Our own, not y-codemirror's plugin, because that one moves the cursor of every editor of the text to where it was before
// what is undone, and scrolls there. Here it moves in the editor in which the person undoes, and in no other.

import { Facet, type Extension } from "@codemirror/state";
import { EditorView, ViewPlugin, type Command, type ViewUpdate } from "@codemirror/view";
import { YSyncConfig, type YRange, ySync, ySyncAnnotation, ySyncFacet } from "y-codemirror.next";
import type * as Y from "yjs";

/** Where an item of the stack of changes keeps the selection that was before it. */
const BEFORE = "before";

interface Item {
  stackItem: { meta: Map<unknown, unknown> };
}

/** What undoes in an editor's text. */
const manager = Facet.define<Y.UndoManager>();

/** Keeps an editor's text and a shared one the same, and undoes what was typed in this page. */
export function shared(text: Y.Text, undoes: Y.UndoManager): Extension {
  return [
    ySyncFacet.of(new YSyncConfig(text, null)),
    manager.of(undoes),
    // Before the plugin that changes the shared text: it sees the selection as it was.
    undoing,
    ySync,
    EditorView.domEventHandlers({
      beforeinput: ({ inputType }, view) => {
        if (inputType === "historyUndo") return undoShared(view);
        return inputType === "historyRedo" && redoShared(view);
      },
    }),
  ];
}

/** Undoes in a shared text; nothing in an editor of another. */
export const undoShared: Command = view => view.plugin(undoing)?.go(undoes => undoes.undo()) ?? false;

/** Redoes there. */
export const redoShared: Command = view => view.plugin(undoing)?.go(undoes => undoes.redo()) ?? false;

class Undoing {
  readonly #view: EditorView;
  readonly #sync: YSyncConfig;
  readonly #manager: Y.UndoManager;
  /** The selection before the change that this editor is making. */
  #before: YRange | undefined;
  /** The selection while this editor undoes or redoes. */
  #asked: YRange | undefined;

  constructor(view: EditorView) {
    this.#view = view;
    this.#sync = view.state.facet(ySyncFacet);
    const [undoes] = view.state.facet(manager);
    if (undoes === undefined) throw new Error("a shared text comes with what undoes in it");
    this.#manager = undoes;
    this.#manager.addTrackedOrigin(this.#sync);
    this.#manager.on("stack-item-added", this.#added);
    this.#manager.on("stack-item-popped", this.#popped);
  }

  update(update: ViewUpdate): void {
    const ours = update.docChanged && update.transactions[0]?.annotation(ySyncAnnotation) !== this.#sync;
    this.#before = ours ? this.#sync.toYRange(update.startState.selection.main) : undefined;
  }

  destroy(): void {
    this.#manager.removeTrackedOrigin(this.#sync);
    this.#manager.off("stack-item-added", this.#added);
    this.#manager.off("stack-item-popped", this.#popped);
  }

  /** Undoes or redoes, here. */
  go(act: (undoes: Y.UndoManager) => void): true {
    this.#asked = this.#sync.toYRange(this.#view.state.selection.main);
    act(this.#manager);
    this.#asked = undefined;
    return true;
  }

  readonly #added = ({ stackItem }: Item): void => {
    const before = this.#asked ?? this.#before;
    if (before !== undefined && !stackItem.meta.has(BEFORE)) stackItem.meta.set(BEFORE, before);
  };

  readonly #popped = ({ stackItem }: Item): void => {
    if (this.#asked === undefined || !stackItem.meta.has(BEFORE)) return;
    const selection = this.#sync.fromYRange(stackItem.meta.get(BEFORE) as YRange);
    this.#view.dispatch({ selection, effects: EditorView.scrollIntoView(selection) });
  };
}

const undoing = ViewPlugin.fromClass(Undoing);
