// What every editor of ours can do, whatever it shows: gutters, selection, search, folding, keys.

import { autocompletion, closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete";
import { indentWithTab, standardKeymap, temporarilySetTabFocusMode } from "@codemirror/commands";
import { bracketMatching, codeFolding, foldGutter, indentOnInput, indentUnit } from "@codemirror/language";
import { highlightSelectionMatches, search } from "@codemirror/search";
import { Compartment, EditorState, type Extension } from "@codemirror/state";
import {
  EditorView, crosshairCursor, drawSelection, dropCursor, highlightActiveLine, highlightActiveLineGutter,
  highlightSpecialChars, keymap, lineNumbers, rectangularSelection, ViewPlugin,
} from "@codemirror/view";

import { phrases, say } from "../messages";
import { onPreferences, preference } from "../preferences";
import { remembered } from "./commands";

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
    EditorState.phrases.of(phrases()),
    nonce === "" ? [] : EditorView.cspNonce.of(nonce),
    EditorView.contentAttributes.of({ spellcheck: "false", autocorrect: "off", autocapitalize: "off" }),
    preferred.of(asPreferred()),
    following,
    remembered,
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
    // Moving and typing; what can be bound otherwise is run by the application's table.
    keymap.of(standardKeymap.filter(binding => binding.key !== "Mod-a")),
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
    highlightSelectionMatches({ minSelectionLength: 2 }),
    autocompletion({ activateOnTyping: true, icons: true, defaultKeymap: false }),
    keymap.of(closeBracketsKeymap),
  ];
}

/** Tab indents; Escape, then Tab, leaves the editor. A command makes Tab always leave. */
export function tabKey(): Extension {
  return keymap.of([indentWithTab, { key: "Escape", run: temporarilySetTabFocusMode }]);
}

const preferred = new Compartment();

/** What the person's settings say. */
function asPreferred(): Extension {
  const size = preference("editor.tabSize", 4);
  return [
    EditorState.tabSize.of(size),
    indentUnit.of(preference("editor.insertSpaces", true) ? " ".repeat(size) : "\t"),
    preference<string>("editor.wordWrap", "off") === "on" ? EditorView.lineWrapping : [],
    preference<string>("editor.lineNumbers", "on") === "on" ? lineNumbers() : [],
  ];
}

/** Follows the settings while the editor lives. */
const following = ViewPlugin.define(view => {
  const stop = onPreferences(() => {
    view.dispatch({ effects: preferred.reconfigure(asPreferred()) });
    view.requestMeasure();
  });
  return { destroy: stop };
});

function foldMarker(open: boolean): HTMLElement {
  const marker = document.createElement("span");
  marker.className = "cm-fold-marker";
  marker.textContent = open ? "⌄" : "›";
  marker.title = open ? say("bridge.editor.fold") : say("bridge.editor.unfold");
  return marker;
}
