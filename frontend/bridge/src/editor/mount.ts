// The editor of a workspace document: a CodeMirror view over a shared text.

import { Compartment, EditorSelection, EditorState, type Extension } from "@codemirror/state";
import { EditorView, type ViewUpdate } from "@codemirror/view";

import { acts } from "../acts";
import { useCodeFont } from "../font";
import { connect, disconnect } from "../language/client";
import type { Place } from "../language/context";
import { formatBeforeSave } from "../language/change";
import { features } from "../language/features";
import { failureText, type LinkPort } from "../link";
import { say } from "../messages";
import { cursors } from "./cursors";
import { acquire, release, type DocumentListener, type Replica, type SharedDocument } from "./document";
import { loadLanguage } from "./languages";
import { lens, lensOf } from "./lens";
import { problems, showProblems, type Problem } from "./problems";
import { settings, type Setting } from "./settings";
import { basics, named, tabKey, understanding } from "./setup";
import { looks } from "./theme";
import { shared } from "./undo";

/** What to show, and how. */
export interface EditorOptions {
  link: LinkPort;
  /** The document's path in the workspace. */
  path: string;
  /** `dark`, `light`, or a theme whose name starts with one of them. */
  theme: string;
  /** Whether typing is refused, whatever the agent says. */
  readOnly: boolean;
  /** The nonce of the page's content security policy; empty where there is none. */
  nonce: string;
  /** Where the document holds settings: `Setting[]` as JSON. */
  schema?: string;
  /** Where it was when it was last seen, as a `view` event told it; empty for its beginning. */
  view: string;
}

/** What the application is told. Lines and columns count from 1. */
export type EditorEvent =
  /** `path` is where the document's file really lies, where the one that was asked for is a link. */
  | {
    kind: "ready"; path: string; language: string; readOnly: boolean; plain: boolean; lineEnding: "lf" | "cr-lf";
    encoding: string; notice: string;
  }
  /** Text typed here is not in the document, which others changed: it waits for `decide`. Empty when it is decided. */
  | { kind: "unsent"; waits: boolean; text: string }
  | { kind: "cursor"; line: number; column: number; selected: number }
  /** Cursor and scroll position are others, to come back to. */
  | { kind: "view"; state: string }
  /** Somebody typed here; when a document is clean again, only the agent knows. */
  | { kind: "dirty"; dirty: true }
  /** Whether text typed here is not yet durable at the agent. */
  | { kind: "pending"; pending: boolean }
  | { kind: "error"; message: string }
  /** Go there: a file of the workspace (`path`), or one that `language.read-source` gives (`uri`). */
  | { kind: "open"; path?: string; uri?: string; line: number; column: number }
  /** Something a person asked for did not work: why, in a sentence. */
  | { kind: "notice"; message: string }
  /** The function whose handler is here is to be invoked. */
  | { kind: "invoke" };

/** A mounted editor. Calls before the `ready` event take effect with it. */
export interface EditorHandle {
  focus(): void;
  /** Puts the cursor at a line and column, from 1, and shows it in the middle. */
  goTo(line: number, column: number): void;
  setTheme(theme: string): void;
  setReadOnly(readOnly: boolean): void;
  /** Shows above the function's handler what invokes it; nothing where `title` is empty. */
  setLens(title: string): void;
  /** Shows problems: `protocol::language::Problem[]` as JSON. */
  setProblems(json: string): void;
  /** Follows a file that was moved. */
  setPath(path: string): void;
  /** Puts unsent text in place of the document's, or drops it. */
  decide(mine: boolean): void;
  destroy(): void;
}

/** Mounts an editor for `options.path` in `parent`. */
export function mount(parent: HTMLElement, options: EditorOptions, on: (event: EditorEvent) => void): EditorHandle {
  useCodeFont();
  return new Editor(parent, options, on);
}

interface ViewState {
  anchor: number;
  head: number;
  top: number;
}

function placeOf(view: EditorView): ViewState {
  const { anchor, head } = view.state.selection.main;
  return { anchor, head, top: view.scrollDOM.scrollTop };
}

/** The editors there are. */
const editors = new Set<Editor>();

/** Has the open document of `path` formatted; why not, where that does not work. */
export async function format(path: string): Promise<string> {
  for (const editor of editors) {
    const formatted = editor.format(path);
    if (formatted === undefined) continue;
    try {
      await formatted;
    } catch (reason) {
      return failureText(reason);
    }
    break;
  }
  return "";
}

class Editor implements EditorHandle, DocumentListener {
  readonly #parent: HTMLElement;
  readonly #options: EditorOptions;
  readonly #on: (event: EditorEvent) => void;
  readonly #document: SharedDocument;
  readonly #unlisten: () => void;
  readonly #theme = new Compartment();
  readonly #grammar = new Compartment();
  readonly #language = new Compartment();
  readonly #writable = new Compartment();
  readonly #label = new Compartment();
  #path: string;
  #themeName: string;
  #readOnly: boolean;
  #view: EditorView | undefined;
  #replica: Replica | undefined;
  /** The language whose server this editor uses. */
  #served: string | undefined;
  #problems: Problem[] = [];
  #lens = "";
  /** What was asked for before there was a view. */
  #waiting: ((view: EditorView) => void)[] = [];
  #cursorFrame = 0;
  #placeFrame = 0;
  #destroyed = false;

  constructor(parent: HTMLElement, options: EditorOptions, on: (event: EditorEvent) => void) {
    this.#parent = parent;
    this.#options = options;
    this.#on = on;
    this.#path = options.path;
    this.#themeName = options.theme;
    this.#readOnly = options.readOnly;
    // Before the document tells anything: what it tells first is the place to come back to.
    editors.add(this);
    if (options.view !== "") this.#restore(JSON.parse(options.view) as ViewState);
    this.#document = acquire(options.link, options.path);
    this.#unlisten = this.#document.listen(this);
  }

  // What the document tells.

  ready(replica: Replica): void {
    this.#replica = replica;
    const state = EditorState.create({ doc: replica.text.toString(), extensions: this.#extensions(replica) });
    if (this.#view === undefined) {
      this.#view = new EditorView({ state, parent: this.#parent });
    } else {
      this.#keepPlace(this.#view, () => this.#view?.setState(state));
    }
    const view = this.#view;
    for (const action of this.#waiting.splice(0)) action(view);
    this.#showProblems();
    this.setLens(this.#lens);
    this.#tellReady(replica);
    this.#tellCursor();
    if (replica.info.plain) return;
    void this.#loadGrammar(replica);
    void this.#connect(replica);
  }

  pending(pending: boolean): void {
    this.#on({ kind: "pending", pending });
  }

  failed(message: string): void {
    this.#on({ kind: "error", message });
  }

  unsent(mine: string | undefined): void {
    this.#on({ kind: "unsent", waits: mine !== undefined, text: mine ?? "" });
  }

  // What the application asks.

  decide(mine: boolean): void {
    this.#document.decide(mine);
  }

  focus(): void {
    const asked = acts();
    this.#withView(view => {
      // The text may come late: a person who has gone on stays where that was.
      if (acts() === asked) view.focus();
    });
  }

  goTo(line: number, column: number): void {
    this.#withView(view => {
      const target = view.state.doc.line(Math.min(Math.max(line, 1), view.state.doc.lines));
      const position = target.from + Math.min(Math.max(column - 1, 0), target.length);
      view.dispatch({
        selection: EditorSelection.cursor(position),
        effects: EditorView.scrollIntoView(position, { y: "center" }),
        userEvent: "select",
      });
    });
  }

  setTheme(theme: string): void {
    this.#themeName = theme;
    this.#view?.dispatch({ effects: this.#theme.reconfigure(looks(theme)) });
  }

  setReadOnly(readOnly: boolean): void {
    this.#readOnly = readOnly;
    if (this.#replica !== undefined) {
      this.#view?.dispatch({ effects: this.#writable.reconfigure(this.#writing(this.#replica)) });
    }
  }

  setLens(title: string): void {
    this.#lens = title;
    this.#view?.dispatch({ effects: lensOf(title) });
  }

  setProblems(json: string): void {
    this.#problems = JSON.parse(json) as Problem[];
    this.#showProblems();
  }

  setPath(path: string): void {
    this.#path = path;
    this.#document.moved(path);
    this.#view?.dispatch({ effects: this.#label.reconfigure(named(say("bridge.editor.name", { path }))) });
  }

  /** Formats the text, where it is that of `path`. */
  format(path: string): Promise<void> | undefined {
    return this.#view === undefined || path !== this.#path ? undefined : formatBeforeSave(this.#view);
  }

  destroy(): void {
    editors.delete(this);
    this.#destroyed = true;
    cancelAnimationFrame(this.#cursorFrame);
    cancelAnimationFrame(this.#placeFrame);
    this.#unlisten();
    this.#view?.destroy();
    this.#view = undefined;
    this.#disconnect();
    release(this.#options.link, this.#document);
  }

  // The rest is ours.

  #extensions(replica: Replica): Extension {
    const plain = replica.info.plain;
    return [
      basics(this.#options.nonce),
      this.#label.of(named(say("bridge.editor.name", { path: this.#path }))),
      this.#theme.of(looks(this.#themeName)),
      this.#writable.of(this.#writing(replica)),
      this.#grammar.of([]),
      this.#language.of([]),
      tabKey(),
      shared(replica.text, replica.undo),
      cursors(replica.text, replica.awareness),
      problems(),
      this.#options.schema === undefined ? [] : settings(JSON.parse(this.#options.schema) as Setting[]),
      plain ? [] : [understanding(), lens(() => this.#on({ kind: "invoke" }))],
      EditorView.updateListener.of(update => this.#updated(update)),
      // Of two editors of one text, that in which the person is says where the cursor is.
      EditorView.domEventHandlers({ scroll: () => this.#tellPlace(), focus: () => this.#tellCursor() }),
    ];
  }

  #writing(replica: Replica): Extension {
    return EditorState.readOnly.of(this.#readOnly || this.#options.readOnly || replica.info.read_only);
  }

  async #loadGrammar(replica: Replica): Promise<void> {
    const grammar = await loadLanguage(replica.info.language);
    if (grammar === undefined || this.#destroyed || this.#replica !== replica) return;
    this.#view?.dispatch({ effects: this.#grammar.reconfigure(grammar) });
  }

  async #connect(replica: Replica): Promise<void> {
    this.#disconnect();
    const { link } = this.#options;
    const { language } = replica.info;
    const client = await connect(link, language);
    if (client === undefined) return;
    if (this.#destroyed || this.#replica !== replica || this.#view === undefined) {
      disconnect(link, language);
      return;
    }
    this.#served = language;
    const context = {
      client,
      replica,
      path: () => this.#path,
      open: (place: Place) => this.#on({ kind: "open", ...place }),
      fail: (message: string) => this.#on({ kind: "notice", message }),
    };
    this.#view.dispatch({ effects: this.#language.reconfigure(features(context)) });
  }

  #disconnect(): void {
    if (this.#served !== undefined) disconnect(this.#options.link, this.#served);
    this.#served = undefined;
  }

  #withView(action: (view: EditorView) => void): void {
    if (this.#view === undefined) this.#waiting.push(action);
    else action(this.#view);
  }

  #restore({ anchor, head, top }: ViewState): void {
    this.#withView(view => {
      const within = (offset: number) => Math.min(Math.max(offset, 0), view.state.doc.length);
      view.dispatch({ selection: EditorSelection.single(within(anchor), within(head)) });
      view.requestMeasure({ read: () => undefined, write: () => { view.scrollDOM.scrollTop = top; } });
    });
  }

  #keepPlace(view: EditorView, change: () => void): void {
    const place = placeOf(view);
    const focused = view.hasFocus;
    change();
    this.#restore(place);
    if (focused) view.focus();
  }

  #showProblems(): void {
    const view = this.#view;
    if (view !== undefined) view.dispatch(showProblems(view.state, this.#problems));
  }

  #updated(update: ViewUpdate): void {
    if (update.docChanged && update.transactions.some(transaction => transaction.isUserEvent("input")
      || transaction.isUserEvent("delete") || transaction.isUserEvent("move"))) {
      // At once: the save that follows must not overtake it.
      this.#on({ kind: "dirty", dirty: true });
    }
    if (!update.selectionSet && !update.docChanged) return;
    this.#tellCursor();
    this.#tellPlace();
  }

  /** Once a frame at most. */
  #tellCursor(): void {
    cancelAnimationFrame(this.#cursorFrame);
    this.#cursorFrame = requestAnimationFrame(() => {
      if (this.#view === undefined) return;
      const { doc, selection } = this.#view.state;
      const line = doc.lineAt(selection.main.head);
      const selected = selection.ranges.reduce((sum, range) => sum + range.to - range.from, 0);
      this.#on({ kind: "cursor", line: line.number, column: selection.main.head - line.from + 1, selected });
    });
  }

  /** Once a frame at most, and at once then: the page may be left the moment after. */
  #tellPlace(): void {
    cancelAnimationFrame(this.#placeFrame);
    this.#placeFrame = requestAnimationFrame(() => {
      // Where it is not seen it has no scroll position.
      if (this.#view === undefined || this.#view.scrollDOM.clientHeight === 0) return;
      this.#on({ kind: "view", state: JSON.stringify(placeOf(this.#view)) });
    });
  }

  #tellReady(replica: Replica): void {
    const { language, plain, line_ending, encoding, notice, state } = replica.info;
    const readOnly = this.#readOnly || replica.info.read_only;
    const { path } = state;
    this.#on({ kind: "ready", path, language, readOnly, plain, lineEnding: line_ending, encoding, notice: notice ?? "" });
  }
}
