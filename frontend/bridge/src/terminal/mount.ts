// A terminal of the workspace: xterm over a channel. The agent owns the screen; this draws it and types.

import { FitAddon } from "@xterm/addon-fit";
import { SearchAddon } from "@xterm/addon-search";
import { Terminal, type IDisposable, type ILink } from "@xterm/xterm";
import sheet from "@xterm/xterm/css/xterm.css" with { type: "text" };

import { copyText } from "../clipboard";
import { CODE_FONT, useCodeFont } from "../font";
import { failureText, type LinkPort } from "../link";
import { say } from "../messages";
import { onPreferences, preference } from "../preferences";
import { isDark } from "../themes";
import { colours } from "./colours";
import { AgentColumns } from "./columns";
import { find, mayOpen, type Found } from "./links";
import { withNonce } from "./nonce";
import { needsConfirmation, pieces, prepare } from "./paste";
import { keepQuiet } from "./quiet";
import { ReadableScreen } from "./readable";
import { Room } from "./room";
import { readMark, SIZE_MARK, type Size } from "./size";

/** `protocol::terminal::SCROLLBACK`: what the agent keeps. */
const SCROLLBACK = 10_000;
/** Milliseconds a size must hold before it is told. */
const SETTLE = 80;

const encoder = new TextEncoder();

/** What to show, and how. */
export interface TerminalOptions {
  link: LinkPort;
  /** The terminal's id. */
  terminal: string;
  theme: string;
  nonce: string;
}

/** What the application is told. */
export type TerminalEvent =
  /** Attached, or attached again. */
  | { kind: "ready" }
  | { kind: "error"; message: string }
  /** A file that the output mentions was chosen; relative to where the program runs, or absolute. */
  | { kind: "open"; path: string; line: number; column: number }
  /** Several lines would be typed into a shell: ask, then call `paste(text)`. */
  | { kind: "confirm-paste"; text: string; lines: number }
  | { kind: "bell" };

/** A mounted terminal. */
export interface TerminalHandle {
  focus(): void;
  setTheme(theme: string): void;
  /** Says how much room there is; happens by itself where the element's size changes. */
  fit(): void;
  /** Shows the next place of a text, or the one before. Answers whether there is one. */
  search(text: string, backwards: boolean): boolean;
  clearSearch(): void;
  /** Types a text as pasted, without asking again. */
  paste(text: string): void;
  /** The selected text. */
  selection(): string;
  /** Whether keys are taken: off while the connection is away. */
  setInput(on: boolean): void;
  /** xterm's own screen-reader mode, which announces output. */
  setScreenReader(on: boolean): void;
  destroy(): void;
}

/** Mounts the terminal in `parent`. */
export function mount(parent: HTMLElement, options: TerminalOptions, on: (event: TerminalEvent) => void): TerminalHandle {
  useCodeFont();
  useSheet();
  return new View(parent, options, on);
}

class View implements TerminalHandle {
  /** Ours alone: without padding, so that what fits in it is what fits. */
  readonly #room = new Room();
  readonly #parent = this.#room.element;
  readonly #options: TerminalOptions;
  readonly #on: (event: TerminalEvent) => void;
  readonly #terminal: Terminal;
  readonly #fit = new FitAddon();
  /** The word that tells our size marks from whatever a program writes. */
  readonly #mark = crypto.getRandomValues(new Uint32Array(4)).join("");
  readonly #search = new SearchAddon();
  readonly #readable: ReadableScreen;
  readonly #disposables: IDisposable[];
  readonly #resized: ResizeObserver;
  readonly #leave: () => void;
  #channel: number | undefined;
  #attempt = 0;
  #sizeTimer: ReturnType<typeof setTimeout> | undefined;
  #told = "";

  constructor(parent: HTMLElement, options: TerminalOptions, on: (event: TerminalEvent) => void) {
    parent.append(this.#parent);
    this.#options = options;
    this.#on = on;
    this.#terminal = create(this.#parent, options);
    for (const addon of [this.#fit, this.#search]) this.#terminal.loadAddon(addon);
    const columns = new AgentColumns();
    this.#terminal.unicode.register(columns);
    this.#terminal.unicode.activeVersion = columns.version;
    withNonce(options.nonce, () => this.#terminal.open(this.#room.frame));
    this.#readable = new ReadableScreen(this.#terminal);
    this.#parent.append(this.#readable.element);
    this.#disposables = [{ dispose: onPreferences(() => this.#prefer()) }, ...keepQuiet(this.#terminal), ...this.#listen(), this.#followSize()];
    this.#terminal.attachCustomKeyEventHandler(event => this.#key(event));
    this.#parent.addEventListener("paste", this.#pasted, { capture: true });
    this.#resized = new ResizeObserver(() => this.#fitSoon());
    this.#resized.observe(this.#parent);
    this.fit();
    void document.fonts.ready.then(() => this.#remeasure());
    this.#leave = options.link.onSession(resumed => {
      if (!resumed) void this.#attach();
    });
    void this.#attach();
  }

  focus(): void {
    this.#terminal.focus();
  }

  setTheme(theme: string): void {
    this.#terminal.options.theme = colours(this.#parent, isDark(theme));
  }

  fit(): void {
    this.#tellSize();
    this.#place();
  }

  search(text: string, backwards: boolean): boolean {
    return backwards ? this.#search.findPrevious(text) : this.#search.findNext(text);
  }

  clearSearch(): void {
    this.#search.clearDecorations();
    this.#terminal.clearSelection();
  }

  paste(text: string): void {
    if (this.#channel === undefined || this.#terminal.options.disableStdin === true) return;
    const typed = prepare(text, this.#terminal.modes.bracketedPasteMode);
    for (const piece of pieces(typed)) this.#options.link.send(this.#channel, piece);
    this.#terminal.scrollToBottom();
  }

  selection(): string {
    return this.#terminal.getSelection();
  }

  setInput(on: boolean): void {
    this.#terminal.options.disableStdin = !on;
  }

  setScreenReader(on: boolean): void {
    this.#terminal.options.screenReaderMode = on;
  }

  destroy(): void {
    this.#attempt++;
    clearTimeout(this.#sizeTimer);
    this.#leave();
    this.#resized.disconnect();
    this.#parent.removeEventListener("paste", this.#pasted, { capture: true });
    for (const disposable of this.#disposables) disposable.dispose();
    this.#readable.dispose();
    this.#detach();
    this.#terminal.dispose();
    this.#parent.remove();
  }

  #listen(): IDisposable[] {
    const { link } = this.#options;
    const send = (bytes: Uint8Array) => {
      if (this.#channel !== undefined) link.send(this.#channel, bytes);
    };
    return [
      this.#terminal.onData(text => send(encoder.encode(text))),
      // Old mouse reports are bytes, not text.
      this.#terminal.onBinary(text => send(Uint8Array.from(text, character => character.charCodeAt(0) & 0xff))),
      this.#terminal.onBell(() => this.#on({ kind: "bell" })),
      this.#terminal.registerLinkProvider({
        provideLinks: (row, callback) => callback(this.#links(row)),
      }),
    ];
  }

  async #attach(): Promise<void> {
    const attempt = ++this.#attempt;
    const { link, terminal } = this.#options;
    if (this.#channel !== undefined) link.closeChannel(this.#channel);
    const channel = link.openChannel(bytes => {
      this.#terminal.write(bytes, () => link.consumed(channel, bytes.length));
    });
    this.#channel = channel;
    this.#told = "";
    try {
      const size = this.#wish();
      this.#told = told(channel, size);
      await link.call("terminal.attach", { terminal, channel, mark: this.#mark, size });
      if (attempt !== this.#attempt) return;
      this.#tellSize();
      this.#on({ kind: "ready" });
    } catch (reason) {
      link.closeChannel(channel);
      if (attempt !== this.#attempt) return;
      this.#channel = undefined;
      this.#on({ kind: "error", message: failureText(reason) });
    }
  }

  #detach(): void {
    const channel = this.#channel;
    if (channel === undefined) return;
    this.#channel = undefined;
    const forget = () => this.#options.link.closeChannel(channel);
    this.#options.link.call("terminal.detach", { channel }).then(forget, forget);
  }

  #fitSoon(): void {
    clearTimeout(this.#sizeTimer);
    this.#sizeTimer = setTimeout(() => this.fit(), SETTLE);
  }

  /** The code font came after the first measuring. */
  #remeasure(): void {
    // Setting the same family again changes nothing; a different one makes xterm measure its cells anew.
    this.#terminal.options.fontFamily = "monospace";
    this.#terminal.options.fontFamily = font();
    this.#fitSoon();
  }

  /** Looks as the person's settings say. */
  #prefer(): void {
    const { options } = this.#terminal;
    Object.assign(options, preferred());
    this.#fitSoon();
  }

  /** The size that would fill the room; none while the terminal is out of sight. */
  #wish(): Size | null {
    const proposed = this.#room.measured(() => this.#fit.proposeDimensions());
    if (proposed === undefined || !Number.isFinite(proposed.cols) || !Number.isFinite(proposed.rows)) return null;
    return { columns: proposed.cols, rows: proposed.rows };
  }

  #tellSize(): void {
    const channel = this.#channel;
    const size = this.#wish();
    if (channel === undefined || told(channel, size) === this.#told) return;
    this.#told = told(channel, size);
    // Refused where the terminal has just gone; its own event says so.
    this.#options.link.call("terminal.resize", { channel, size }).catch(() => { this.#told = ""; });
  }

  /** Takes the size that the agent tells within the stream: what follows is written for it. */
  #followSize(): IDisposable {
    return this.#terminal.parser.registerOscHandler(SIZE_MARK, data => {
      const size = readMark(data, this.#mark);
      if (size !== undefined && (size.columns !== this.#terminal.cols || size.rows !== this.#terminal.rows)) {
        this.#terminal.resize(size.columns, size.rows);
        requestAnimationFrame(() => this.#place());
      }
      return true;
    });
  }

  /** Shows where the terminal ends in a room that is larger. */
  #place(): void {
    this.#room.place(this.#wish(), { columns: this.#terminal.cols, rows: this.#terminal.rows });
  }

  /** Answers whether xterm takes the key. */
  #key(event: KeyboardEvent): boolean {
    if (event.type !== "keydown") return true;
    const control = event.ctrlKey && !event.altKey && !event.metaKey;
    const copies = (control && event.shiftKey && event.code === "KeyC") || (control && event.key === "Insert")
      || (event.metaKey && event.code === "KeyC");
    if (copies && this.#terminal.hasSelection()) {
      event.preventDefault();
      void copyText(this.#terminal.getSelection()).then(() => this.#terminal.focus());
      return false;
    }
    // The browser's own paste follows, also on plain http.
    return !(control && event.shiftKey && event.code === "KeyV");
  }

  readonly #pasted = (event: ClipboardEvent): void => {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    event.preventDefault();
    event.stopPropagation();
    if (text === "") return;
    if (needsConfirmation(text, this.#terminal.modes.bracketedPasteMode)) {
      this.#on({ kind: "confirm-paste", text, lines: text.trimEnd().split(/\r\n?|\n/).length });
    } else {
      this.paste(text);
    }
  };

  #links(row: number): ILink[] | undefined {
    const text = this.#terminal.buffer.active.getLine(row - 1)?.translateToString(true);
    if (text === undefined || text === "") return undefined;
    return find(text).map(found => ({
      range: { start: { x: found.start + 1, y: row }, end: { x: found.end, y: row } },
      text: text.slice(found.start, found.end),
      activate: (event: MouseEvent) => this.#follow(event, found),
    }));
  }

  #follow(event: MouseEvent, found: Found): void {
    if (!event.ctrlKey && !event.metaKey) return;
    if (found.kind === "address") openAddress(found.uri);
    else this.#on({ kind: "open", path: found.path, line: found.line, column: found.column });
  }
}

/** The family of a terminal's text. */
function font(): string {
  const chosen = preference("terminal.integrated.fontFamily", "") || preference("editor.fontFamily", "");
  return chosen === "" ? CODE_FONT : `${chosen}, ${CODE_FONT}`;
}

/** What the person's settings say of terminals. */
function preferred() {
  return {
    scrollback: Math.min(preference("terminal.integrated.scrollback", SCROLLBACK), SCROLLBACK),
    fontFamily: font(),
    fontSize: preference("terminal.integrated.fontSize", 13),
  };
}

function create(parent: HTMLElement, { theme }: TerminalOptions): Terminal {
  return new Terminal({
    allowProposedApi: true,
    ...preferred(),
    // A cursor that blinks keeps an idle page drawing, and what is typed waits for its frames.
    cursorBlink: false,
    minimumContrastRatio: 4.5,
    macOptionIsMeta: true,
    theme: colours(parent, isDark(theme)),
    // Links that a program names itself (OSC 8): the true target is shown before it is followed.
    linkHandler: {
      allowNonHttpProtocols: false,
      activate: (event, uri) => {
        if ((event.ctrlKey || event.metaKey) && mayOpen(uri)) openAddress(uri);
      },
      hover: (_event, uri) => { parent.title = mayOpen(uri) ? say("bridge.terminal.link", { address: uri }) : ""; },
      leave: () => { parent.removeAttribute("title"); },
    },
  });
}

function told(channel: number, size: Size | null): string {
  return size === null ? `${channel} hidden` : `${channel} ${size.columns}x${size.rows}`;
}

function openAddress(uri: string): void {
  window.open(uri, "_blank", "noopener,noreferrer");
}

let sheetUsed = false;

/** Gives the page xterm's own style sheet. */
function useSheet(): void {
  if (sheetUsed) return;
  sheetUsed = true;
  const styles = new CSSStyleSheet();
  styles.replaceSync(sheet);
  document.adoptedStyleSheets.push(styles);
}
