// The editor's commands as the application's keys and palette reach them. The editor itself comes later, and lazily.

/** What the editors can do, once one has come. */
export interface EditorKeys {
  /** Runs a command where the focus is, else in the editor in front; whether there was something to do. */
  run(id: string): boolean;
  /** What is the case, as conditions of keys name it; `anywhere`: as if the editor in front had the focus. */
  context(anywhere: boolean): string;
  /** What is selected in the editor with the focus, else in the one in front. */
  selected(): string;
}

let editors: EditorKeys | undefined;

/** The editors are there. */
export function offerEditors(keys: EditorKeys): void {
  editors = keys;
}

/** Runs a command of the editor. */
export function runEditor(id: string): boolean {
  return editors?.run(id) ?? false;
}

/** What is selected in the editor with the focus, else in the one in front; empty where that is more than a line. */
export function selectedLine(): string {
  const text = editors?.selected() ?? "";
  return text.includes("\n") ? "" : text;
}

/** What is the case in editors: names, separated by spaces. */
export function editorContext(anywhere: boolean): string {
  return editors?.context(anywhere) ?? "";
}
