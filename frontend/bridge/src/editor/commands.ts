// What editors can do, by the names that keys and the palette run it by; the application's table has one row for each.

import {
  acceptCompletion, closeCompletion, completionStatus, moveCompletionSelection, startCompletion,
} from "@codemirror/autocomplete";
import {
  addCursorAbove, addCursorBelow, copyLineDown, copyLineUp, cursorMatchingBracket, deleteLine, indentLess, indentMore,
  indentSelection, insertBlankLine, moveLineDown, moveLineUp, redo, selectAll, selectLine, selectParentSyntax,
  simplifySelection, toggleBlockComment, toggleComment, toggleTabFocusMode, undo,
} from "@codemirror/commands";
import { foldAll, foldCode, toggleFold, unfoldAll, unfoldCode } from "@codemirror/language";
import { nextDiagnostic, previousDiagnostic } from "@codemirror/lint";
import {
  closeSearchPanel, findNext, findPrevious, openSearchPanel, searchPanelOpen, selectNextOccurrence,
  selectSelectionMatches,
} from "@codemirror/search";
import { Facet } from "@codemirror/state";
import { EditorView, type Command } from "@codemirror/view";

import { offerEditors } from "../keys";
import { formatDocument, quickFix, renameSymbol } from "../language/change";
import { contextOf } from "../language/context";
import { goToDefinition, goToImplementation } from "../language/navigate";
import { hideSignature, showSignature, signatureShown } from "../language/signature";
import { redoShared, undoShared } from "./undo";

const commands: Record<string, Command> = {
  // Documents have an undo of their own; small editors have a history.
  "undo": view => undo(view) || undoShared(view),
  "redo": view => redo(view) || redoShared(view),
  "editor.action.selectAll": selectAll,
  "actions.find": openSearchPanel,
  "editor.action.startFindReplaceAction": replace,
  "editor.action.nextMatchFindAction": findNext,
  "editor.action.previousMatchFindAction": findPrevious,
  "editor.action.selectHighlights": selectSelectionMatches,
  "editor.action.addSelectionToNextFindMatch": selectNextOccurrence,
  "editor.action.insertCursorAbove": addCursorAbove,
  "editor.action.insertCursorBelow": addCursorBelow,
  "editor.action.smartSelect.expand": selectParentSyntax,
  "expandLineSelection": selectLine,
  "editor.action.jumpToBracket": cursorMatchingBracket,
  "editor.action.commentLine": toggleComment,
  "editor.action.blockComment": toggleBlockComment,
  "editor.action.moveLinesUpAction": moveLineUp,
  "editor.action.moveLinesDownAction": moveLineDown,
  "editor.action.copyLinesUpAction": copyLineUp,
  "editor.action.copyLinesDownAction": copyLineDown,
  "editor.action.deleteLines": deleteLine,
  "editor.action.insertLineAfter": insertBlankLine,
  "editor.action.indentLines": indentMore,
  "editor.action.outdentLines": indentLess,
  "editor.action.reindentselectedlines": indentSelection,
  "editor.fold": foldCode,
  "editor.unfold": unfoldCode,
  "editor.toggleFold": toggleFold,
  "editor.foldAll": foldAll,
  "editor.unfoldAll": unfoldAll,
  "editor.action.formatDocument": formatDocument,
  "editor.action.rename": renameSymbol,
  "editor.action.quickFix": quickFix,
  "editor.action.revealDefinition": goToDefinition,
  "editor.action.goToImplementation": goToImplementation,
  "editor.action.triggerParameterHints": showSignature,
  "editor.action.marker.next": nextDiagnostic,
  "editor.action.marker.prev": previousDiagnostic,
  "editor.action.toggleTabFocusMode": toggleTabFocusMode,
  "editor.action.triggerSuggest": startCompletion,
  "acceptSelectedSuggestion": acceptCompletion,
  "selectNextSuggestion": moveCompletionSelection(true),
  "selectPrevSuggestion": moveCompletionSelection(false),
  "selectNextPageSuggestion": moveCompletionSelection(true, "page"),
  "selectPrevPageSuggestion": moveCompletionSelection(false, "page"),
  "removeSecondaryCursors": simplifySelection,
  "closeFindWidget": closeSearchPanel,
  "closeParameterHints": hideSignature,
  "hideSuggestWidget": closeCompletion,
};

/** Whether Ctrl-Enter submits what an editor holds. */
export const submits = Facet.define<boolean, boolean>({ combine: values => values.some(value => value) });

/** What of a server's abilities a condition names. */
const PROVIDERS = {
  editorHasRenameProvider: "renameProvider",
  editorHasDocumentFormattingProvider: "documentFormattingProvider",
  editorHasCodeActionsProvider: "codeActionProvider",
  editorHasDefinitionProvider: "definitionProvider",
  editorHasImplementationProvider: "implementationProvider",
} as const;

/** The editor that had the focus last. */
let last: EditorView | undefined;

/** Remembers which editor has the focus. */
export const remembered = EditorView.updateListener.of(update => {
  if (update.focusChanged && update.view.hasFocus) last = update.view;
});

/** The editor around what has the focus. */
function around(): EditorView | undefined {
  const element = document.activeElement?.closest<HTMLElement>(".cm-editor");
  return element == null ? undefined : EditorView.findFromDOM(element) ?? undefined;
}

/**
 * The editor that somebody means who is elsewhere: the one that had the focus last, where it is still seen and no other group
 * of editors has come to the front since.
 */
function meant(): EditorView | undefined {
  if (last?.dom.checkVisibility() === true && last.dom.closest(".group:not(.active)") === null) return last;
  const front = document.querySelectorAll<HTMLElement>(".group.active .cm-editor");
  const shown = [...front].find(element => element.checkVisibility());
  return shown === undefined ? undefined : EditorView.findFromDOM(shown) ?? undefined;
}

function run(id: string): boolean {
  const command = commands[id];
  if (command === undefined) return false;
  const here = around();
  if (here !== undefined) return command(here);
  const there = meant();
  if (there === undefined) return false;
  // Whatever had the focus, the palette say, gives it back when it closes: after that.
  setTimeout(() => {
    there.focus();
    command(there);
  });
  return true;
}

function context(anywhere: boolean): string {
  const here = around();
  const view = here ?? (anywhere ? meant() : undefined);
  if (view === undefined) return "";
  const { state } = view;
  const abilities = contextOf(state)?.client.capabilities ?? {};
  const cases: Record<string, unknown> = {
    editorFocus: true,
    editorTextFocus: here === undefined || document.activeElement === view.contentDOM,
    editorReadonly: state.readOnly,
    editorSubmits: state.facet(submits),
    editorHasSelection: !state.selection.main.empty,
    editorHasMultipleSelections: state.selection.ranges.length > 1,
    findWidgetVisible: searchPanelOpen(state),
    suggestWidgetVisible: completionStatus(state) !== null,
    parameterHintsVisible: signatureShown(state),
  };
  for (const [name, provider] of Object.entries(PROVIDERS)) cases[name] = abilities[provider] ?? false;
  return Object.keys(cases).filter(name => cases[name] !== false).join(" ");
}

function selected(): string {
  const view = around() ?? meant();
  if (view === undefined) return "";
  const { from, to } = view.state.selection.main;
  return view.state.sliceDoc(from, to);
}

/** Opens the search panel with the cursor where the replacement is written. */
function replace(view: EditorView): boolean {
  openSearchPanel(view);
  view.dom.querySelector<HTMLInputElement>(".cm-search [name=replace]")?.select();
  return true;
}

offerEditors({ run, context, selected });
