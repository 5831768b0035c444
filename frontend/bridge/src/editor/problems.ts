// Problems that language servers found, as squiggles and marks in the gutter.
//
// The application pushes them (`protocol::language::Problem`); the editor moves them along with edits until the
// next push.

import { lintGutter, setDiagnostics, type Diagnostic } from "@codemirror/lint";
import type { Extension, Text, TransactionSpec, EditorState } from "@codemirror/state";

import { say } from "../messages";

/** A place in a text, as the Language Server Protocol has it: from 0, in UTF-16 units. */
export interface Position {
  line: number;
  character: number;
}

export interface Range {
  start: Position;
  end: Position;
}

/** `protocol::language::Problem`. */
export interface Problem {
  range: Range;
  severity: "error" | "warning" | "information" | "hint";
  message: string;
  source?: string | null;
  code?: string | null;
  code_url?: string | null;
  related?: { path?: string | null; range: Range; message: string }[];
  unnecessary?: boolean;
  raw: unknown;
}

/** A problem in the editor, with what the language server needs back for code actions. */
export interface ShownProblem extends Diagnostic {
  raw?: unknown;
}

/** Longest message shown. */
const MAX_MESSAGE = 4000;

/** The gutter of problems. */
export function problems(): Extension {
  return lintGutter();
}

/** The transaction that shows `found` instead of what was shown before. */
export function showProblems(state: EditorState, found: Problem[]): TransactionSpec {
  return setDiagnostics(state, found.map(problem => toDiagnostic(state.doc, problem)));
}

/** The offset of a position, held inside of the text. */
export function offsetAt(doc: Text, position: Position): number {
  if (position.line >= doc.lines) return doc.length;
  const line = doc.line(Math.max(position.line, 0) + 1);
  return line.from + Math.min(Math.max(position.character, 0), line.length);
}

/** The position of an offset. */
export function positionAt(doc: Text, offset: number): Position {
  const line = doc.lineAt(offset);
  return { line: line.number - 1, character: offset - line.from };
}

function toDiagnostic(doc: Text, problem: Problem): ShownProblem {
  const from = offsetAt(doc, problem.range.start);
  const to = Math.max(offsetAt(doc, problem.range.end), from);
  const source = [problem.source, problem.code].filter(part => part !== null && part !== undefined).join(" ");
  return {
    from,
    to,
    severity: problem.severity === "information" ? "info" : problem.severity,
    message: problem.message.slice(0, MAX_MESSAGE),
    ...(source === "" ? {} : { source }),
    ...(problem.unnecessary === true ? { markClass: "cm-lintRange-unnecessary" } : {}),
    renderMessage: () => render(problem),
    raw: problem.raw,
  };
}

function render(problem: Problem): HTMLElement {
  const whole = document.createElement("div");
  whole.append(problem.message.slice(0, MAX_MESSAGE));
  for (const related of (problem.related ?? []).slice(0, 10)) {
    const line = document.createElement("div");
    const place = related.path == null ? "" : `${related.path}:${related.range.start.line + 1}: `;
    line.textContent = place + related.message.slice(0, MAX_MESSAGE);
    whole.append(line);
  }
  const url = problem.code_url ?? "";
  if (/^https?:\/\//.test(url)) {
    const link = document.createElement("a");
    link.href = url;
    link.target = "_blank";
    link.rel = "noopener noreferrer";
    link.textContent = problem.code == null ? say("bridge.editor.about-this") : say("bridge.editor.about", { code: problem.code });
    whole.append(document.createElement("br"), link);
  }
  return whole;
}
