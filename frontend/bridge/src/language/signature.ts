// The parameters of the call that is being typed.

import { StateEffect, StateField, type EditorState, type Extension } from "@codemirror/state";
import { EditorView, showTooltip, ViewPlugin, type Command, type Tooltip, type ViewUpdate } from "@codemirror/view";

import { askAt, contextOf } from "./context";
import { render } from "./markdown";
import type { SignatureHelp } from "./protocol";

interface Shown {
  position: number;
  help: SignatureHelp;
}

const show = StateEffect.define<Shown | null>();

const shown = StateField.define<Shown | null>({
  create: () => null,
  update: (value, transaction) => {
    for (const effect of transaction.effects) if (effect.is(show)) value = effect.value;
    return value === null || !transaction.docChanged
      ? value
      : { ...value, position: transaction.changes.mapPos(value.position) };
  },
  provide: field => showTooltip.computeN([field], state => {
    const value = state.field(field);
    return value === null ? [] : [tooltip(value, state)];
  }),
});

/** Shows the signature of the call around the cursor. */
export const showSignature: Command = view => {
  if (view.state.field(shown, false) === undefined) return false;
  void request(view, false);
  return true;
};

/** Whether a signature is shown. */
export function signatureShown(state: EditorState): boolean {
  return (state.field(shown, false) ?? null) !== null;
}

/** Puts the signature away. */
export const hideSignature: Command = view => {
  if (!signatureShown(view.state)) return false;
  view.dispatch({ effects: show.of(null) });
  return true;
};

/** Shows signatures while arguments are typed. */
export function signatures(): Extension {
  return [
    shown,
    ViewPlugin.fromClass(Watch),
    looks,
  ];
}

class Watch {
  update(update: ViewUpdate): void {
    const provider = contextOf(update.state)?.client.capabilities.signatureHelpProvider;
    if (provider === undefined) return;
    const active = update.state.field(shown) !== null;
    const typed = update.transactions.some(transaction => transaction.isUserEvent("input.type")
      || transaction.isUserEvent("input.complete") || transaction.isUserEvent("delete"));
    const { head } = update.state.selection.main;
    const last = update.state.sliceDoc(Math.max(0, head - 1), head);
    const triggers = [...(provider.triggerCharacters ?? []), ...(active ? provider.retriggerCharacters ?? [] : [])];
    const wanted = (typed && triggers.includes(last)) || (active && (update.docChanged || update.selectionSet));
    if (wanted) queueMicrotask(() => void request(update.view, active));
  }
}

async function request(view: EditorView, retrigger: boolean): Promise<void> {
  const context = contextOf(view.state);
  if (context === undefined) return;
  const { state } = view;
  const position = state.selection.main.head;
  const more = { context: { triggerKind: retrigger ? 3 : 1, isRetrigger: retrigger } };
  const help = await askAt<SignatureHelp | null>(context, "textDocument/signatureHelp", state, position, more)
    .catch(() => null);
  // Another key was pressed meanwhile: its own answer follows.
  if (view.state.doc !== state.doc) return;
  const value = help === null || help.signatures.length === 0 ? null : { position, help };
  if (value !== null || view.state.field(shown) !== null) view.dispatch({ effects: show.of(value) });
}

function tooltip({ position, help }: Shown, state: EditorState): Tooltip {
  return { pos: position, above: true, create: () => ({ dom: draw(help, state) }) };
}

function draw(help: SignatureHelp, state: EditorState): HTMLElement {
  const element = document.createElement("div");
  element.className = "cm-signature";
  const signature = help.signatures[help.activeSignature ?? 0] ?? help.signatures[0];
  if (signature === undefined) return element;
  const label = document.createElement("div");
  label.className = "cm-signature-label";
  const [from, to] = parameter(signature, signature.activeParameter ?? help.activeParameter ?? 0);
  const strong = document.createElement("strong");
  strong.textContent = signature.label.slice(from, to);
  label.append(signature.label.slice(0, from), strong, signature.label.slice(to));
  element.append(label);
  if (signature.documentation !== undefined) element.append(render(signature.documentation, state));
  return element;
}

/** Where in a signature its active parameter stands. */
export function parameter(signature: SignatureHelp["signatures"][number], active: number): [number, number] {
  const label = signature.parameters?.[active]?.label;
  if (label === undefined) return [0, 0];
  if (typeof label !== "string") return label;
  const from = signature.label.indexOf(label);
  return from < 0 ? [0, 0] : [from, from + label.length];
}

const looks = EditorView.baseTheme({
  ".cm-signature": { padding: "4px 8px", maxHeight: "16em", overflow: "auto" },
  ".cm-signature-label": { fontFamily: "inherit", whiteSpace: "pre-wrap" },
  ".cm-signature-label strong": { color: "var(--accent)", textDecoration: "underline" },
});
