// Completion: what the server proposes, with its documentation, imports and snippets.

import {
  insertCompletionText, pickedCompletion, snippet, type Completion, type CompletionContext, type CompletionResult,
} from "@codemirror/autocomplete";
import type { EditorState } from "@codemirror/state";
import type { EditorView } from "@codemirror/view";

import { offsetAt } from "../editor/problems";
import { applyEdits, askAt, contextOf, follow, type Followed, type LanguageContext } from "./context";
import { render, renderCode } from "./markdown";
import type { CompletionItem, CompletionList, Range } from "./protocol";
import { toTemplate } from "./snippet";

const KINDS = [
  "", "text", "method", "function", "function", "property", "variable", "class", "interface", "namespace", "property",
  "constant", "constant", "enum", "keyword", "text", "constant", "text", "text", "text", "constant", "constant", "class",
  "text", "keyword", "type",
];

const WORD = /[\p{L}\p{N}_$]*$/u;

/** What is asked of the server once, and shared by all proposals of its answer. */
interface Asked {
  context: LanguageContext;
  defaults: NonNullable<CompletionList["itemDefaults"]>;
  /** The text when it was asked, and what happened since. */
  followed: Followed;
  position: number;
  /** What the server added to proposals that somebody looked at. */
  resolved: Map<CompletionItem, Promise<CompletionItem>>;
}

let last: Followed | undefined;

/** Proposes completions. */
export async function complete(completion: CompletionContext): Promise<CompletionResult | null> {
  const { state, pos: position, view } = completion;
  const context = contextOf(state);
  const provider = context?.client.capabilities.completionProvider;
  if (context === undefined || provider === undefined || view === undefined) return null;
  const line = state.doc.lineAt(position);
  const word = WORD.exec(line.text.slice(0, position - line.from))?.[0] ?? "";
  const previous = line.text.charAt(position - line.from - 1);
  const triggered = provider.triggerCharacters?.includes(previous) === true;
  if (!completion.explicit && word === "" && !triggered) return null;
  const abort = new AbortController();
  completion.addEventListener("abort", () => abort.abort(), { onDocChange: false });
  last?.stop();
  const followed = last = follow(view);
  const how = triggered ? { triggerKind: 2, triggerCharacter: previous } : { triggerKind: 1 };
  const answer = await quietly(
    askAt<CompletionList | CompletionItem[] | null>(
      context, "textDocument/completion", state, position, { context: how }, abort.signal,
    ),
  );
  if (answer === null || completion.aborted) return null;
  const list = Array.isArray(answer) ? { isIncomplete: false, items: answer } : answer;
  // Nothing yet (the server may still be reading): the next letter asks again.
  if (list.items.length === 0) return null;
  const asked: Asked = { context, defaults: list.itemDefaults ?? {}, followed, position, resolved: new Map() };
  const options = list.items.map(item => toCompletion(item, asked, state));
  const from = position - word.length;
  return list.isIncomplete ? { from, options } : { from, options, validFor: WORD };
}

function toCompletion(item: CompletionItem, asked: Asked, state: EditorState): Completion {
  const details = item.labelDetails;
  const detail = details?.description ?? (details?.detail === undefined ? item.detail : undefined);
  return {
    label: item.filterText ?? item.label,
    displayLabel: item.label + (details?.detail ?? ""),
    ...(detail === undefined ? {} : { detail: detail.slice(0, 100) }),
    // Equals of the server's order stand by their names.
    sortText: `${item.sortText ?? ""} ${item.label}`,
    type: KINDS[item.kind ?? 0] ?? "text",
    boost: (item.preselect === true ? 50 : 0) - (item.deprecated === true || item.tags?.includes(1) === true ? 50 : 0),
    info: () => describe(item, asked, state),
    apply: (view, completion, from, to) => apply(view, completion, item, asked, from, to),
  };
}

/** Documentation, once somebody looks at the proposal. */
async function describe(item: CompletionItem, asked: Asked, state: EditorState): Promise<Node | null> {
  const whole = await resolve(item, asked);
  const parts: Node[] = [];
  if (whole.detail !== undefined) parts.push(renderCode(whole.detail, asked.context.replica.info.language, state));
  if (whole.documentation !== undefined) parts.push(render(whole.documentation, state));
  if (parts.length === 0) return null;
  const element = document.createElement("div");
  element.append(...parts);
  return element;
}

/** The whole of a proposal, asked for once: servers know it only while the text is as it was. */
function resolve(item: CompletionItem, asked: Asked): Promise<CompletionItem> {
  const known = asked.resolved.get(item) ?? request(item, asked);
  asked.resolved.set(item, known);
  return known;
}

async function request(item: CompletionItem, asked: Asked): Promise<CompletionItem> {
  if (asked.context.client.capabilities.completionProvider?.resolveProvider !== true) return item;
  const data = item.data ?? asked.defaults.data;
  const whole = { ...item, ...(data === undefined ? {} : { data }) };
  return (await quietly(asked.context.client.request<CompletionItem>("completionItem/resolve", whole))) ?? item;
}

function apply(view: EditorView, completion: Completion, item: CompletionItem, asked: Asked, from: number, to: number): void {
  const range = rangeOf(item, asked);
  const { doc } = asked.followed;
  // What the server would replace before and after the word that was typed.
  const start = range === undefined ? from : Math.min(from, offsetAt(doc, range.start));
  const end = range === undefined ? to : to + Math.max(0, offsetAt(doc, range.end) - asked.position);
  const text = item.textEdit?.newText ?? item.textEditText ?? item.insertText ?? item.label;
  const format = item.insertTextFormat ?? asked.defaults.insertTextFormat;
  const imports = item.additionalTextEdits;
  const whole = imports === undefined ? resolve(item, asked) : undefined;
  // Followed from before the insertion: an import above moves nothing of it, and is moved by nothing below.
  const later = follow(view);
  if (format === 2) {
    snippet(toTemplate(text))(view, completion, start, Math.min(end, view.state.doc.length));
  } else {
    const insertion = insertCompletionText(view.state, text, start, Math.min(end, view.state.doc.length));
    view.dispatch({ ...insertion, annotations: pickedCompletion.of(completion) });
  }
  void bringImports(view, whole ?? Promise.resolve(item), later);
}

/** Imports that a proposal needs; some servers work them out only now. */
async function bringImports(view: EditorView, whole: Promise<CompletionItem>, later: Followed): Promise<void> {
  const imports = (await whole).additionalTextEdits ?? [];
  if (imports.length > 0) applyEdits(view, later, imports, "input.complete");
  later.stop();
}

function rangeOf(item: CompletionItem, asked: Asked): Range | undefined {
  const edit = item.textEdit;
  if (edit !== undefined) return "range" in edit ? edit.range : edit.insert;
  const range = asked.defaults.editRange;
  return range === undefined || "start" in range ? range : range.insert;
}

/** The answer; none where the request fails: there is nothing to propose then. */
async function quietly<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch {
    return null;
  }
}
