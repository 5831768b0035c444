// Looks of the editor. Every colour is a custom property of the page, so that one token file feeds all.

import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import type { Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { tags as t } from "@lezer/highlight";

import { EDITOR_FONT as CODE_FONT } from "../font";
import { isDark } from "../themes";

const syntax = HighlightStyle.define([
  { tag: [t.keyword, t.modifier, t.operatorKeyword, t.self, t.atom, t.bool, t.null], color: "var(--syntax-keyword)" },
  { tag: [t.string, t.special(t.string), t.character, t.regexp, t.attributeValue], color: "var(--syntax-string)" },
  { tag: [t.number, t.escape, t.unit, t.color], color: "var(--syntax-number)" },
  { tag: [t.typeName, t.className, t.namespace, t.tagName], color: "var(--syntax-type)" },
  { tag: [t.function(t.variableName), t.function(t.propertyName), t.macroName, t.labelName], color: "var(--syntax-function)" },
  { tag: [t.propertyName, t.attributeName, t.definition(t.propertyName)], color: "var(--syntax-property)" },
  { tag: [t.comment, t.lineComment, t.blockComment, t.docComment, t.meta, t.processingInstruction], color: "var(--syntax-comment)" },
  { tag: [t.heading, t.strong], fontWeight: "bold" },
  { tag: t.emphasis, fontStyle: "italic" },
  { tag: t.strikethrough, textDecoration: "line-through" },
  { tag: [t.link, t.url], color: "var(--accent)", textDecoration: "underline" },
  { tag: t.inserted, color: "var(--ok)" },
  { tag: [t.deleted, t.invalid], color: "var(--danger)" },
]);

/** Looks made only of custom properties: the same for every theme. */
const base = EditorView.theme({
  "&": { color: "var(--text)", backgroundColor: "var(--bg)", height: "100%", fontSize: "var(--code-size, 13px)" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: CODE_FONT, lineHeight: "1.5", fontVariantLigatures: "none" },
  ".cm-content": { caretColor: "var(--accent)" },
  ".cm-cursor, .cm-dropCursor": { borderLeftColor: "var(--accent)", borderLeftWidth: "2px" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground, .cm-content ::selection":
    { backgroundColor: "var(--selection)" },
  ".cm-activeLine": { backgroundColor: "var(--line)" },
  ".cm-gutters": { color: "var(--muted)", backgroundColor: "var(--bg)", border: "none" },
  ".cm-activeLineGutter": { color: "var(--text)", backgroundColor: "var(--line)" },
  ".cm-matchingBracket, &.cm-focused .cm-matchingBracket": { backgroundColor: "var(--selection)", outline: "1px solid var(--border)" },
  ".cm-nonmatchingBracket, &.cm-focused .cm-nonmatchingBracket": { color: "var(--danger)", backgroundColor: "transparent" },
  ".cm-selectionMatch": { backgroundColor: "var(--selection)" },
  ".cm-searchMatch": { backgroundColor: "var(--find)", outline: "1px solid var(--warn)" },
  ".cm-searchMatch-selected": { backgroundColor: "var(--selection)" },
  ".cm-foldPlaceholder": { color: "var(--muted)", backgroundColor: "var(--panel)", border: "1px solid var(--border)" },
  ".cm-panels": { color: "var(--text)", backgroundColor: "var(--panel)" },
  ".cm-panels.cm-panels-top": { borderBottom: "1px solid var(--border)" },
  ".cm-panels.cm-panels-bottom": { borderTop: "1px solid var(--border)" },
  ".cm-panel": { fontFamily: "var(--font-ui, system-ui)" },
  ".cm-panel.cm-search, .cm-panel.cm-dialog": { padding: "6px 36px 6px 12px", fontSize: "12px" },
  ".cm-panel .cm-textfield, .cm-panel .cm-button": { fontSize: "12px", minHeight: "24px", borderRadius: "4px", padding: "2px 8px" },
  ".cm-panel.cm-search .cm-textfield": { width: "min(32ch, 50vw)", fontFamily: CODE_FONT },
  ".cm-panel.cm-search label": { display: "inline-flex", alignItems: "center", gap: "4px", marginInlineEnd: "8px" },
  ".cm-panel.cm-rename .cm-textfield": { width: "min(30ch, 60vw)", marginInline: "8px", fontFamily: CODE_FONT },
  ".cm-panel .cm-dialog-close, .cm-panel.cm-search [name=close]": {
    top: "6px", right: "8px", width: "24px", height: "24px", color: "var(--muted)", fontSize: "16px",
  },
  ".cm-textfield": { color: "var(--text)", backgroundColor: "var(--bg)", border: "1px solid var(--border)" },
  ".cm-button": { color: "var(--text)", backgroundColor: "var(--bg)", backgroundImage: "none", border: "1px solid var(--border)" },
  ".cm-tooltip": {
    color: "var(--text)", backgroundColor: "var(--panel)", border: "1px solid var(--border)", borderRadius: "4px",
    maxWidth: "min(640px, 90vw)",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: CODE_FONT, maxHeight: "16em" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { color: "var(--text)", backgroundColor: "var(--selection)" },
  ".cm-completionMatchedText": { textDecoration: "none", color: "var(--accent)", fontWeight: "bold" },
  ".cm-completionDetail": { color: "var(--muted)", fontStyle: "normal" },
  ".cm-tooltip .cm-completionInfo": { maxHeight: "20em", overflow: "auto" },
  ".cm-lintRange-error": { backgroundImage: "none", textDecoration: "underline wavy var(--danger)" },
  ".cm-lintRange-warning": { backgroundImage: "none", textDecoration: "underline wavy var(--warn)" },
  ".cm-lintRange-info, .cm-lintRange-hint": { backgroundImage: "none", textDecoration: "underline dotted var(--accent)" },
  ".cm-lintRange-unnecessary": { opacity: "0.6" },
  ".cm-diagnostic": { whiteSpace: "pre-wrap", fontFamily: "var(--font-ui, system-ui)", padding: "4px 8px" },
  ".cm-diagnosticSource": { marginTop: "2px", fontSize: "11px", color: "var(--muted)", opacity: "1" },
  ".cm-diagnostic a": { color: "var(--accent)" },
  ".cm-diagnostic-error": { borderLeftColor: "var(--danger)" },
  ".cm-diagnostic-warning": { borderLeftColor: "var(--warn)" },
  ".cm-diagnostic-info, .cm-diagnostic-hint": { borderLeftColor: "var(--accent)" },
});

/** All looks of an editor under `theme`. */
export function looks(theme: string): Extension {
  return [base, syntaxHighlighting(syntax), EditorView.darkTheme.of(isDark(theme))];
}
