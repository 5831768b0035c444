// The settings in force, as the application tells them; editors and terminals follow them while they live.

/** Settings by their names, `editor.fontSize`. */
export type Preferences = Readonly<Record<string, unknown>>;

/** Those that style sheets read, by the property that they set; empty ones leave the style sheet's own. */
const PROPERTIES: [string, string, (value: unknown) => string][] = [
  ["editor.fontSize", "--code-size", value => `${value as number}px`],
  ["editor.fontFamily", "--editor-font", value => `${value as string}, monospace`],
];

let current: Preferences = {};
const listeners = new Set<() => void>();

/** Takes all settings that are stated, as JSON. */
export function configure(json: string): void {
  current = JSON.parse(json) as Preferences;
  const { style } = document.documentElement;
  for (const [name, property, text] of PROPERTIES) {
    const value = current[name];
    style.setProperty(property, value === undefined || value === "" ? "" : text(value));
  }
  for (const listener of listeners) listener();
}

/** A setting; what is given where it is not stated. */
export function preference<T>(name: string, usual: T): T {
  return (current[name] as T | undefined) ?? usual;
}

/** Hears of every change; returns the undo. */
export function onPreferences(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
