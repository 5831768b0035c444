// Undoing in a shared text that several editors of this page may show.
//
// Our own, not y-codemirror's plugin, because that one moves the cursor of every editor of the text to where it was before
// what is undone, and scrolls there. Here it moves in the editor in which the person undoes, and in no other.

import type { Extension } from "@codemirror/state";
import { EditorView, ViewPlugin, type ViewUpdate, keymap } from "@codemirror/view";
import { YSyncConfig, type YRange, ySync, ySyncAnnotation, ySyncFacet } from "y-codemirror.next";
import type * as Y from "yjs";

/** Where an item of the stack of changes keeps the selection that was before it. */
const BEFORE = "before";

interface Item {
  stackItem: { meta: Map<unknown, unknown> };
}

/** Keeps an editor's text and a shared one the same, and undoes what was typed in this page. */
export function shared(text: Y.Text, manager: Y.UndoManager): Extension {
  const sync = new YSyncConfig(text, null);
  const plugin = ViewPlugin.define(view => new Undo(view, sync, manager));
  const undo = (view: EditorView) => view.plugin(plugin)?.go(() => manager.undo()) ?? false;
  const redo = (view: EditorView) => view.plugin(plugin)?.go(() => manager.redo()) ?? false;
  return [
    ySyncFacet.of(sync),
    // Before the plugin that changes the shared text: it sees the selection as it was.
    plugin,
    ySync,
    EditorView.domEventHandlers({
      beforeinput: ({ inputType }, view) => {
        if (inputType === "historyUndo") return undo(view);
        return inputType === "historyRedo" && redo(view);
      },
    }),
    keymap.of([
      { key: "Mod-z", run: undo, preventDefault: true },
      { key: "Mod-y", mac: "Mod-Shift-z", run: redo, preventDefault: true },
      { key: "Mod-Shift-z", run: redo, preventDefault: true },
    ]),
  ];
}

class Undo {
  readonly #view: EditorView;
  readonly #sync: YSyncConfig;
  readonly #manager: Y.UndoManager;
  /** The selection before the change that this editor is making. */
  #before: YRange | undefined;
  /** The selection while this editor undoes or redoes. */
  #asked: YRange | undefined;

  constructor(view: EditorView, sync: YSyncConfig, manager: Y.UndoManager) {
    this.#view = view;
    this.#sync = sync;
    this.#manager = manager;
    manager.addTrackedOrigin(sync);
    manager.on("stack-item-added", this.#added);
    manager.on("stack-item-popped", this.#popped);
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
  go(act: () => void): true {
    this.#asked = this.#sync.toYRange(this.#view.state.selection.main);
    act();
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
