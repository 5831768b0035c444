// Letting the server change text: formatting, renaming, code actions.

import { StateEffect, StateField, type Extension } from "@codemirror/state";
import { EditorView, showDialog, showTooltip, type Command as EditorCommand, type Tooltip } from "@codemirror/view";
import { forEachDiagnostic } from "@codemirror/lint";
import { indentUnit } from "@codemirror/language";

import { failureText } from "../link";
import type { ShownProblem } from "../editor/problems";
import { type Reason, say, told } from "../messages";
import { applyEdits, ask, askAt, contextOf, follow, rangeOf, type Followed, type LanguageContext } from "./context";
import type { CodeAction, Command, TextEdit, WorkspaceEdit } from "./protocol";

/** The menu of what the server would do here. */
export function changing(): Extension {
  return [menu, looks];
}

/** Has the server format the document. */
export const formatDocument: EditorCommand = view => act(view, format);
/** Renames what the cursor is in, wherever it is used. */
export const renameSymbol: EditorCommand = view => act(view, rename);
/** Offers what the server would do here. */
export const quickFix: EditorCommand = view => act(view, offer);

/** Has the server format the document, where it can, before it is saved. */
export async function formatBeforeSave(view: EditorView): Promise<void> {
  const context = contextOf(view.state);
  if (context === undefined || view.state.readOnly || !context.client.capabilities.documentFormattingProvider) return;
  const late = new Promise<void>((_, give) => setTimeout(give, FORMATTING, new Error(say("bridge.language.slow"))));
  await Promise.race([format(view, context), late]);
}

/** Milliseconds that a save waits to be formatted. */
const FORMATTING = 5000;

type Action = (view: EditorView, context: LanguageContext) => Promise<void>;

function act(view: EditorView, action: Action): boolean {
  const context = contextOf(view.state);
  if (context === undefined || view.state.readOnly) return false;
  action(view, context).catch((reason: unknown) => context.fail(failureText(reason)));
  return true;
}

async function format(view: EditorView, context: LanguageContext): Promise<void> {
  const followed = follow(view);
  const unit = view.state.facet(indentUnit);
  const options = { tabSize: unit === "\t" ? view.state.tabSize : unit.length, insertSpaces: unit !== "\t", trimFinalNewlines: true };
  try {
    const edits = await ask<TextEdit[] | null>(context, "textDocument/formatting", { options });
    if (followed.changed) throw new Error(say("bridge.language.changed"));
    applyEdits(view, followed, edits ?? [], "format");
  } finally {
    followed.stop();
  }
}

async function rename(view: EditorView, context: LanguageContext): Promise<void> {
  const { state } = view;
  const position = state.selection.main.head;
  const word = state.wordAt(position);
  if (word === null) throw new Error(say("bridge.language.no-name"));
  const old = state.sliceDoc(word.from, word.to);
  const name = await askName(view, old);
  if (name === undefined || name === old) return;
  const followed = follow(view);
  try {
    const edit = await askAt<WorkspaceEdit | null>(context, "textDocument/rename", state, position, { newName: name });
    await applyWorkspaceEdit(view, context, followed, edit ?? {}, "rename");
  } finally {
    followed.stop();
  }
}

/** Asks for a name in the editor's own panel. */
async function askName(view: EditorView, old: string): Promise<string | undefined> {
  const dialog = showDialog(view, {
    label: say("bridge.language.new-name"),
    input: { name: "name", value: old, "aria-label": say("bridge.language.new-name") },
    submitLabel: say("bridge.language.rename"),
    focus: true,
    class: "cm-rename",
  });
  const form = await dialog.result;
  view.focus();
  const field = form?.elements.namedItem("name");
  const name = field instanceof HTMLInputElement ? field.value.trim() : "";
  return name === "" ? undefined : name;
}

/**
 * Applies a server's edit: to this document here, where it can be undone; to other files at the agent, open or not.
 */
export async function applyWorkspaceEdit(
  view: EditorView,
  context: LanguageContext,
  followed: Followed,
  edit: WorkspaceEdit,
  userEvent: string,
): Promise<void> {
  const own = context.client.toUri(context.path());
  const isOwn = (uri: string) => uri === own || context.client.toPath(uri) === context.path();
  const files = gather(edit);
  const others = Object.fromEntries(Object.entries(files).filter(([uri]) => !isOwn(uri)));
  const ours = Object.entries(files).filter(([uri]) => isOwn(uri)).flatMap(([, edits]) => edits);
  if (Object.keys(others).length > 0) {
    type Outcome = { applied: boolean; failureReason?: string; reason?: Reason | null };
    const outcome = await context.client.request<Outcome>("cumulo/applyEdit", { changes: others });
    const refused = outcome.failureReason ?? say("bridge.language.not-applied");
    if (!outcome.applied) throw new Error(told(refused, outcome.reason));
  }
  applyEdits(view, followed, ours, userEvent);
}

/** All edits by file; throws on what would make, move or delete files. */
export function gather(edit: WorkspaceEdit): Record<string, TextEdit[]> {
  if (edit.documentChanges === undefined) return edit.changes ?? {};
  const files: Record<string, TextEdit[]> = {};
  for (const change of edit.documentChanges) {
    if (!("edits" in change)) throw new Error(say("bridge.language.other-files"));
    (files[change.textDocument.uri] ??= []).push(...change.edits);
  }
  return files;
}

interface Offer {
  position: number;
  actions: (CodeAction | Command)[];
  take(action: CodeAction | Command): void;
}

const showMenu = StateEffect.define<Offer | null>();

const menu = StateField.define<Offer | null>({
  create: () => null,
  update: (value, transaction) => {
    for (const effect of transaction.effects) if (effect.is(showMenu)) return effect.value;
    return transaction.docChanged || transaction.selection !== undefined ? null : value;
  },
  provide: field => showTooltip.computeN([field], state => {
    const offer = state.field(field);
    return offer === null ? [] : [menuTooltip(offer)];
  }),
});

async function offer(view: EditorView, context: LanguageContext): Promise<void> {
  const { state } = view;
  const { from, to, head } = state.selection.main;
  const followed = follow(view);
  const diagnostics: unknown[] = [];
  forEachDiagnostic(state, (problem: ShownProblem, start, end) => {
    if (start <= to && end >= from && problem.raw != null) diagnostics.push(problem.raw);
  });
  const params = { range: rangeOf(state.doc, from, to), context: { diagnostics, triggerKind: 1 } };
  const found = (await ask<(CodeAction | Command)[] | null>(context, "textDocument/codeAction", params)) ?? [];
  const actions = found.filter(action => !("disabled" in action) || action.disabled === undefined);
  if (actions.length === 0) {
    followed.stop();
    throw new Error(say("bridge.language.nothing"));
  }
  const take = (action: CodeAction | Command) => {
    perform(view, context, followed, action)
      .catch((reason: unknown) => context.fail(failureText(reason)))
      .finally(() => followed.stop());
  };
  view.dispatch({ effects: showMenu.of({ position: head, actions, take }) });
}

async function perform(view: EditorView, context: LanguageContext, followed: Followed, action: CodeAction | Command): Promise<void> {
  const { client } = context;
  if (typeof action.command === "string") {
    await client.request("workspace/executeCommand", action);
    return;
  }
  let whole: CodeAction = action as CodeAction;
  if (whole.edit === undefined && whole.data !== undefined) whole = await client.request<CodeAction>("codeAction/resolve", whole);
  if (whole.edit !== undefined) await applyWorkspaceEdit(view, context, followed, whole.edit, "input.action");
  if (typeof whole.command === "object") await client.request("workspace/executeCommand", whole.command);
}

function menuTooltip(offer: Offer): Tooltip {
  return {
    pos: offer.position,
    create: view => {
      const dom = drawMenu(view, offer);
      return { dom, mount: () => (dom.firstElementChild as HTMLElement | null)?.focus() };
    },
  };
}

function drawMenu(view: EditorView, offer: Offer): HTMLElement {
  const dom = document.createElement("div");
  dom.className = "cm-actions";
  dom.setAttribute("role", "menu");
  dom.setAttribute("aria-label", say("bridge.language.actions"));
  const close = () => {
    view.dispatch({ effects: showMenu.of(null) });
    view.focus();
  };
  for (const action of offer.actions.slice(0, 50)) {
    const item = document.createElement("button");
    item.type = "button";
    item.setAttribute("role", "menuitem");
    item.textContent = action.title;
    item.addEventListener("click", () => {
      close();
      offer.take(action);
    });
    dom.append(item);
  }
  dom.addEventListener("keydown", event => moveInMenu(event, dom, close));
  return dom;
}

function moveInMenu(event: KeyboardEvent, dom: HTMLElement, close: () => void): void {
  const items = [...dom.children] as HTMLElement[];
  const at = items.findIndex(item => item === document.activeElement);
  const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  if (step !== 0) items.at((at + step) % items.length)?.focus();
  else if (event.key === "Escape" || event.key === "Tab") close();
  else return;
  event.preventDefault();
  event.stopPropagation();
}

const looks = EditorView.baseTheme({
  ".cm-actions": { display: "flex", flexDirection: "column", maxHeight: "20em", overflow: "auto", padding: "2px" },
  ".cm-actions button": {
    justifyContent: "start", font: "12px var(--font-ui, system-ui)", color: "inherit", background: "none", border: "none",
    textAlign: "start", padding: "2px 10px", minHeight: "24px",
  },
  ".cm-actions button:hover": { backgroundColor: "var(--hover)" },
  ".cm-actions button:focus": { backgroundColor: "var(--selection)", outline: "1px solid var(--accent)" },
});
