// What every editor of ours can do, whatever it shows: gutters, selection, search, folding, keys.

import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, indentWithTab, temporarilySetTabFocusMode, toggleTabFocusMode } from "@codemirror/commands";
import {
  bracketMatching, codeFolding, foldGutter, foldKeymap, indentOnInput, indentUnit,
} from "@codemirror/language";
import { highlightSelectionMatches, openSearchPanel, search, searchKeymap } from "@codemirror/search";
import { EditorState, type Extension } from "@codemirror/state";
import {
  EditorView, crosshairCursor, drawSelection, dropCursor, highlightActiveLine, highlightActiveLineGutter,
  highlightSpecialChars, keymap, lineNumbers, rectangularSelection,
} from "@codemirror/view";

/** Texts hold `\n` only: a lone `\r` is a character like others, and offsets agree with the agent's. */
const lineEnds: Extension = [
  EditorState.lineSeparator.of("\n"),
  EditorView.clipboardInputFilter.of(text => text.replace(/\r\n?/g, "\n")),
];

/** The name of an editor's text box. */
export function named(label: string): Extension {
  // The browser finds editable text by itself; tools that check accessibility look for the index.
  return EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" });
}

/** For any editor. */
export function basics(nonce: string): Extension {
  return [
    lineEnds,
    nonce === "" ? [] : EditorView.cspNonce.of(nonce),
    EditorView.contentAttributes.of({ spellcheck: "false", autocorrect: "off", autocapitalize: "off" }),
    lineNumbers(),
    highlightSpecialChars(),
    // A cursor that blinks keeps an idle page drawing, and what is typed waits for its frames.
    drawSelection({ cursorBlinkRate: 0 }),
    dropCursor(),
    EditorState.allowMultipleSelections.of(true),
    rectangularSelection(),
    crosshairCursor(),
    highlightActiveLine(),
    highlightActiveLineGutter(),
    search({ top: true }),
    keymap.of([{ key: "Mod-h", run: replace }, ...searchKeymap, ...defaultKeymap]),
  ];
}

/** For editors whose text is small enough to be understood: brackets, folding, indentation, completion. */
export function understanding(): Extension {
  return [
    codeFolding(),
    foldGutter({ markerDOM: foldMarker }),
    bracketMatching(),
    closeBrackets(),
    indentOnInput(),
    indentUnit.of("    "),
    highlightSelectionMatches({ minSelectionLength: 2 }),
    autocompletion({ activateOnTyping: true, icons: true }),
    keymap.of([...closeBracketsKeymap, ...foldKeymap, ...completionKeymap]),
  ];
}

/** Tab indents; Escape, then Tab, leaves the editor; Ctrl-M (Shift-Alt-M on macOS) makes Tab always leave. */
export function tabKey(): Extension {
  return keymap.of([
    indentWithTab,
    { key: "Escape", run: temporarilySetTabFocusMode },
    { key: "Ctrl-m", mac: "Shift-Alt-m", run: toggleTabFocusMode },
  ]);
}

/** Opens the search panel with the cursor where the replacement is written. */
function replace(view: EditorView): boolean {
  openSearchPanel(view);
  view.dom.querySelector<HTMLInputElement>(".cm-search [name=replace]")?.select();
  return true;
}

function foldMarker(open: boolean): HTMLElement {
  const marker = document.createElement("span");
  marker.className = "cm-fold-marker";
  marker.textContent = open ? "⌄" : "›";
  marker.title = open ? "Fold these lines" : "Unfold these lines";
  return marker;
}
