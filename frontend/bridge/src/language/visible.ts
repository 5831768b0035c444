// Decorations that the server computes for what is on the screen: asked for when the text has settled, moved along
// with edits until the next answer.

import { RangeSet, StateEffect, StateField, type Extension } from "@codemirror/state";
import { EditorView, ViewPlugin, type DecorationSet, type ViewUpdate } from "@codemirror/view";

import { contextOf, type LanguageContext } from "./context";

/** Milliseconds without a change before the server is asked. */
const SETTLE = 300;
/** Characters asked about beyond the screen's, so that small steps need no new answer. */
const MARGIN = 4000;

/** A source of such decorations. */
export interface Source {
  /** The server's notification that its answers are out of date. */
  refresh: string;
  /** Whether the server has them. */
  offered(context: LanguageContext): boolean;
  /** The decorations of a range. */
  fetch(view: EditorView, context: LanguageContext, from: number, to: number): Promise<DecorationSet>;
}

/** Shows what `source` has. */
export function visible(source: Source): Extension {
  const set = StateEffect.define<DecorationSet>();
  const shown = StateField.define<DecorationSet>({
    create: () => RangeSet.empty,
    update: (decorations, transaction) => {
      for (const effect of transaction.effects) if (effect.is(set)) return effect.value;
      return transaction.docChanged ? decorations.map(transaction.changes) : decorations;
    },
    provide: field => EditorView.decorations.from(field),
  });
  const show = (view: EditorView, decorations: DecorationSet) => view.dispatch({ effects: set.of(decorations) });
  return [shown, ViewPlugin.define(view => new Watch(view, source, show))];
}

class Watch {
  readonly #view: EditorView;
  readonly #source: Source;
  readonly #show: (view: EditorView, decorations: DecorationSet) => void;
  readonly #forget: (() => void)[];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asked: { from: number; to: number } | undefined;
  #destroyed = false;

  constructor(view: EditorView, source: Source, show: (view: EditorView, decorations: DecorationSet) => void) {
    this.#view = view;
    this.#source = source;
    this.#show = show;
    const again = () => this.#soon(true);
    const client = contextOf(view.state)?.client;
    this.#forget = [source.refresh, "capabilities"].flatMap(method => client?.on(method, again) ?? []);
    this.#soon(true);
  }

  update(update: ViewUpdate): void {
    if (update.docChanged) this.#soon(true);
    else if (update.viewportChanged) this.#soon(false);
  }

  destroy(): void {
    this.#destroyed = true;
    clearTimeout(this.#timer);
    for (const forget of this.#forget) forget();
  }

  #soon(anew: boolean): void {
    if (anew) this.#asked = undefined;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#ask(), SETTLE);
  }

  async #ask(): Promise<void> {
    const view = this.#view;
    const context = contextOf(view.state);
    if (context === undefined || !this.#source.offered(context)) return;
    const { from, to } = view.viewport;
    if (this.#asked !== undefined && this.#asked.from <= from && to <= this.#asked.to) return;
    const { doc } = view.state;
    const range = { from: Math.max(0, from - MARGIN), to: Math.min(doc.length, to + MARGIN) };
    try {
      const decorations = await this.#source.fetch(view, context, range.from, range.to);
      // A change meanwhile asks for itself.
      if (this.#destroyed || view.state.doc !== doc) return;
      this.#asked = range;
      this.#show(view, decorations);
    } catch {
      // Nothing to show now; the next change, or the server's own word, asks again.
    }
  }
}
