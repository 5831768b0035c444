// Inlay hints: types and parameter names that the text does not say.

import { Decoration, EditorView, WidgetType } from "@codemirror/view";

import { offsetAt } from "../editor/problems";
import { ask, rangeOf } from "./context";
import type { InlayHint } from "./protocol";
import { visible } from "./visible";

/** Characters of a hint. */
const MAX_TEXT = 60;

class Hint extends WidgetType {
  constructor(readonly text: string) {
    super();
  }

  override eq(other: Hint): boolean {
    return other.text === this.text;
  }

  override toDOM(): HTMLElement {
    const element = document.createElement("span");
    element.className = "cm-hint";
    // Drawn by the style sheet: a hint is no part of the text, wherever that is read or copied from.
    element.dataset["text"] = this.text;
    element.setAttribute("aria-hidden", "true");
    return element;
  }
}

/** Shows inlay hints. */
export function hints() {
  return [
    visible({
      refresh: "workspace/inlayHint/refresh",
      offered: ({ client }) => client.capabilities.inlayHintProvider !== undefined,
      fetch: async (view, context, from, to) => {
        const { doc } = view.state;
        const found = await ask<InlayHint[] | null>(context, "textDocument/inlayHint", { range: rangeOf(doc, from, to) });
        const widgets = (found ?? []).map(hint => {
          const offset = offsetAt(doc, hint.position);
          return Decoration.widget({ widget: new Hint(textOf(hint)), side: 1 }).range(offset);
        });
        return Decoration.set(widgets, true);
      },
    }),
    looks,
  ];
}

/** A hint's text, with the space that belongs to it. */
export function textOf(hint: InlayHint): string {
  const label = typeof hint.label === "string" ? hint.label : hint.label.map(part => part.value).join("");
  const text = label.length > MAX_TEXT ? `${label.slice(0, MAX_TEXT)}…` : label;
  return (hint.paddingLeft === true ? " " : "") + text + (hint.paddingRight === true ? " " : "");
}

const looks = EditorView.baseTheme({
  ".cm-hint::before": { content: "attr(data-text)", whiteSpace: "pre", color: "var(--muted)", fontSize: "0.9em", fontStyle: "italic" },
});
