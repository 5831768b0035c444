// Other people's cursors and selections in a shared document.
//
// Our own, not y-codemirror's, because that one writes `style` attributes, which the page's content security
// policy refuses. Colours are classes `person-0` … `person-11` of the page's style sheet.

import { RangeSet, type Range } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView, ViewPlugin, type ViewUpdate, WidgetType } from "@codemirror/view";
import type { Awareness } from "y-protocols/awareness";
import * as Y from "yjs";

import { say } from "../messages";

/** How many colours people have. */
const COLOURS = 12;
/** Names are cut to this many characters. */
const NAME = 40;

interface Cursor {
  anchor: unknown;
  head: unknown;
}

class Caret extends WidgetType {
  constructor(readonly name: string, readonly colour: number) {
    super();
  }

  override eq(other: Caret): boolean {
    return other.name === this.name && other.colour === this.colour;
  }

  override toDOM(): HTMLElement {
    const caret = document.createElement("span");
    caret.className = `cm-person-caret person-${this.colour}`;
    caret.setAttribute("aria-hidden", "true");
    // Drawn by the style sheet: a name is no part of the text, wherever that is read or copied from.
    caret.dataset["name"] = this.name;
    return caret;
  }

  override ignoreEvent(): boolean {
    return true;
  }
}

/** Shows others' cursors in `text`, and tells them ours. */
export function cursors(text: Y.Text, awareness: Awareness) {
  const plugin = ViewPlugin.define(view => new People(view, text, awareness), { decorations: people => people.decorations });
  return [plugin, looks];
}

class People {
  decorations: DecorationSet = RangeSet.empty;
  readonly #view: EditorView;
  readonly #text: Y.Text;
  readonly #awareness: Awareness;
  readonly #changed: (clients: Record<"added" | "updated" | "removed", number[]>) => void;

  constructor(view: EditorView, text: Y.Text, awareness: Awareness) {
    this.#view = view;
    this.#text = text;
    this.#awareness = awareness;
    this.#changed = ({ added, updated, removed }) => {
      const own = awareness.clientID;
      // An empty transaction makes `update` below draw anew.
      if ([...added, ...updated, ...removed].some(client => client !== own)) this.#view.dispatch({});
    };
    awareness.on("change", this.#changed);
  }

  update(update: ViewUpdate): void {
    if (update.selectionSet || update.focusChanged) this.#tell(update);
    this.decorations = this.#draw(update);
  }

  destroy(): void {
    this.#awareness.off("change", this.#changed);
  }

  #tell(update: ViewUpdate): void {
    if (!update.view.hasFocus || this.#awareness.getLocalState() === null) return;
    const { anchor, head } = update.state.selection.main;
    this.#awareness.setLocalStateField("cursor", {
      anchor: Y.createRelativePositionFromTypeIndex(this.#text, anchor),
      head: Y.createRelativePositionFromTypeIndex(this.#text, head),
    });
  }

  #draw(update: ViewUpdate): DecorationSet {
    const ranges: Range<Decoration>[] = [];
    for (const [client, state] of this.#awareness.getStates()) {
      if (client === this.#awareness.clientID) continue;
      const cursor = (state as { cursor?: Cursor }).cursor;
      const anchor = this.#place(cursor?.anchor, update.state.doc.length);
      const head = this.#place(cursor?.head, update.state.doc.length);
      if (anchor === undefined || head === undefined) continue;
      const colour = client % COLOURS;
      if (anchor !== head) {
        const mark = Decoration.mark({ class: `cm-person-selection person-${colour}` });
        ranges.push(mark.range(Math.min(anchor, head), Math.max(anchor, head)));
      }
      ranges.push(Decoration.widget({ widget: new Caret(nameOf(state), colour), side: head > anchor ? -1 : 1 }).range(head));
    }
    return Decoration.set(ranges, true);
  }

  #place(position: unknown, length: number): number | undefined {
    const doc = this.#text.doc;
    if (doc === null || typeof position !== "object" || position === null) return undefined;
    try {
      const found = Y.createAbsolutePositionFromRelativePosition(Y.createRelativePositionFromJSON(position), doc);
      return found?.type === this.#text ? Math.min(found.index, length) : undefined;
    } catch {
      // What others send as a cursor is theirs; a malformed one is not shown.
      return undefined;
    }
  }
}

function nameOf(state: object): string {
  const user = "user" in state ? state.user : undefined;
  const name = typeof user === "object" && user !== null && "name" in user ? user.name : undefined;
  return typeof name === "string" ? name.slice(0, NAME) : say("bridge.editor.somebody");
}

const looks = EditorView.baseTheme({
  ".cm-person-selection": { backgroundColor: "color-mix(in srgb, var(--person, var(--accent)) 25%, transparent)" },
  ".cm-person-caret": {
    position: "relative", borderLeft: "2px solid var(--person, var(--accent))", marginLeft: "-1px", marginRight: "-1px",
  },
  ".cm-person-caret::after": {
    content: "attr(data-name)", position: "absolute", bottom: "100%", left: "-2px", padding: "0 4px", borderRadius: "3px 3px 3px 0", fontSize: "11px",
    lineHeight: "16px", whiteSpace: "nowrap", color: "var(--bg)", backgroundColor: "var(--person, var(--accent))",
    pointerEvents: "none", zIndex: "10",
  },
});
