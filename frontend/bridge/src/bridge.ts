// The one typed contract between the application (Rust, Yew) and the JavaScript islands.
//
// It holds types and lazy imports only, so that the shell paints before CodeMirror and xterm arrive. Editor
// text, terminal bytes and language-server traffic stay on this side; the application hears compact events.

import type { LinkPort } from "./link";
import type { EditorEvent, EditorHandle, EditorOptions } from "./editor/mount";
import type { JsonEvent, JsonHandle, JsonOptions, SourceHandle, SourceOptions } from "./editor/small";
import type { TerminalEvent, TerminalHandle, TerminalOptions } from "./terminal/mount";

export { acts } from "./acts";
export { copyText } from "./clipboard";
export { crashed } from "./crash";
export { editorContext, runEditor, selectedLine } from "./keys";
export { loadMessages } from "./messages";
export { configure } from "./preferences";
export { droppedFiles, watchDrops } from "./drops";
export type { Dropped } from "./drops";
export { addSprite } from "./sprite";
export { setTimeout } from "./turn";
export type { LinkPort };
export type { EditorEvent, EditorHandle, EditorOptions };
export type { JsonEvent, JsonHandle, JsonOptions, SourceHandle, SourceOptions };
export type { TerminalEvent, TerminalHandle, TerminalOptions };

/** Shows a document of the workspace in `parent`. */
export async function mountEditor(
  parent: HTMLElement,
  options: EditorOptions,
  on: (event: EditorEvent) => void,
): Promise<EditorHandle> {
  const { mount } = await import("./editor/mount");
  return mount(parent, options, on);
}

/** Shows a terminal of the workspace in `parent`. */
export async function mountTerminal(
  parent: HTMLElement,
  options: TerminalOptions,
  on: (event: TerminalEvent) => void,
): Promise<TerminalHandle> {
  const { mount } = await import("./terminal/mount");
  return mount(parent, options, on);
}

/** Shows a small JSON editor: a test event, a saved request. */
export async function mountJson(
  parent: HTMLElement,
  options: JsonOptions,
  on: (event: JsonEvent) => void,
): Promise<JsonHandle> {
  const { mountJson: mount } = await import("./editor/small");
  return mount(parent, options, on);
}

/** Shows a text that is not of the workspace (a library's source), to read only. */
export async function mountSource(parent: HTMLElement, options: SourceOptions): Promise<SourceHandle> {
  const { mountSource: mount } = await import("./editor/small");
  return mount(parent, options);
}

/**
 * The names that the open document of `path` defines, or where it is empty, those of the workspace that fit `query`:
 * `FoundSymbol[]` as JSON.
 */
export async function findSymbols(link: LinkPort, path: string, query: string): Promise<string> {
  const { inDocument, inWorkspace } = await import("./language/symbols");
  return JSON.stringify(await (path === "" ? inWorkspace(link, query) : inDocument(link, path)));
}

/** The state vector of an open document as it reads now in this tab; empty where no editor here has it. */
export async function textVector(link: LinkPort, path: string): Promise<Uint8Array> {
  const { vectorOf } = await import("./editor/document");
  return vectorOf(link, path);
}

/** Has an open document formatted, where its language server can; why not, where that fails. Empty where it is well. */
export async function formatDocument(path: string): Promise<string> {
  const { format } = await import("./editor/mount");
  return format(path);
}

/** Documents follow a file that was moved; what can be undone stays. To be awaited before their editors follow. */
export async function followFile(link: LinkPort, from: string, to: string): Promise<void> {
  const { follow } = await import("./editor/document");
  follow(link, from, to);
}
