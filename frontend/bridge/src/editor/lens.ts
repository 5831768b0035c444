// What stands above a function's handler: press it and the function is invoked. The keyboard has a command for that.

import { StateEffect, StateField, type EditorState, type Extension, type Text, type Transaction } from "@codemirror/state";
import { Decoration, EditorView, WidgetType, type DecorationSet } from "@codemirror/view";

const setTitle = StateEffect.define<string>();

/** Shows `title` above the handler, what follows a line end as its tip; nothing where it is empty. */
export function lensOf(title: string): StateEffect<string> {
  return setTitle.of(title);
}

/** The lens; `press` is what it does. */
export function lens(press: () => void): Extension {
  const shown = StateField.define<{ title: string; marks: DecorationSet }>({
    create: () => ({ title: "", marks: Decoration.none }),
    update: (value, transaction) => {
      let { title } = value;
      for (const effect of transaction.effects) if (effect.is(setTitle)) title = effect.value;
      if (title !== value.title || mayMoveHandler(transaction)) return { title, marks: draw(transaction.state, title, press) };
      return transaction.docChanged ? { title, marks: value.marks.map(transaction.changes) } : value;
    },
    provide: field => EditorView.decorations.from(field, value => value.marks),
  });
  return [shown, looks];
}

function draw(state: EditorState, title: string, press: () => void): DecorationSet {
  const at = title === "" ? undefined : handlerOf(state.doc.toString());
  if (at === undefined) return Decoration.none;
  const { from } = state.doc.lineAt(at);
  return Decoration.set(Decoration.widget({ widget: new Lens(title, press), block: true, side: -1 }).range(from));
}

/** Whether a change may touch what names the handler: else it stays where it is, and the text is not read. */
function mayMoveHandler({ changes, startState, newDoc }: Transaction): boolean {
  const names = (text: Text, from: number, to: number) => {
    const first = text.lineAt(from);
    const above = first.number > 1 ? text.line(first.number - 1).text : "";
    return /\b(?:fn|run)\b/.test(text.sliceString(first.from, text.lineAt(to).to)) || /\brun\(\s*$/.test(above);
  };
  let found = false;
  changes.iterChangedRanges((fromA, toA, fromB, toB) => {
    found ||= names(startState.doc, fromA, toA) || names(newDoc, fromB, toB);
  });
  return found;
}

/** Where the function begins that is given to `run`, or the one named `handler`. */
export function handlerOf(text: string): number | undefined {
  const name = /\brun\(\s*([a-z_]\w*)\s*\)/.exec(text)?.[1] ?? "handler";
  const found = new RegExp(`^[ \\t]*(?:pub )?(?:async )?fn ${name}\\b`, "m").exec(text);
  return found?.index;
}

class Lens extends WidgetType {
  constructor(readonly title: string, readonly press: () => void) {
    super();
  }

  override eq(other: Lens): boolean {
    return other.title === this.title;
  }

  override toDOM(): HTMLElement {
    const element = document.createElement("div");
    element.className = "cm-lens";
    const button = document.createElement("span");
    // Drawn by the style sheet: no part of the text. Hidden from readers, who have the button in the title bar.
    const [text, tip] = this.title.split("\n");
    button.dataset["text"] = text;
    button.title = tip ?? "";
    element.setAttribute("aria-hidden", "true");
    button.addEventListener("mousedown", event => {
      event.preventDefault();
      this.press();
    });
    element.append(button);
    return element;
  }

  override ignoreEvent(): boolean {
    return true;
  }
}

const looks = EditorView.baseTheme({
  ".cm-lens": { padding: "0 6px", fontFamily: "var(--font-ui, system-ui)", fontSize: "11px", lineHeight: "18px" },
  ".cm-lens span": { color: "var(--muted)", cursor: "pointer" },
  ".cm-lens span::before": { content: "attr(data-text)" },
  ".cm-lens span:hover": { color: "var(--accent)", textDecoration: "underline" },
});
