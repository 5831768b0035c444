// The room a terminal has on the page. The terminal fills it, unless another window shows it smaller: then it keeps to its
// corner, the rest is dimmed, and a note says why.

import { say } from "../messages";
import type { Size } from "./size";

/** Pixels that xterm keeps for its scroll bar. */
const SCROLL_BAR = 14;
/** Least pixels beside or below the terminal for the note. */
const NOTE_WIDTH = 150;
const NOTE_HEIGHT = 26;

export class Room {
  readonly element = document.createElement("div");
  /** Holds the terminal. */
  readonly frame = document.createElement("div");
  readonly #note = document.createElement("p");

  constructor() {
    this.element.className = "terminal-room";
    this.frame.className = "terminal-frame";
    this.#note.className = "terminal-note";
    this.#note.setAttribute("role", "note");
    this.#note.hidden = true;
    this.element.append(this.frame, this.#note);
  }

  /** Measures with the terminal's frame as large as the room; none while the room is out of sight. */
  measured<T>(measure: () => T): T | undefined {
    if (this.element.clientWidth === 0 || this.element.clientHeight === 0) return undefined;
    const { width, height } = this.frame.style;
    this.frame.style.width = this.frame.style.height = "";
    const measured = measure();
    Object.assign(this.frame.style, { width, height });
    return measured;
  }

  /** Gives the terminal of size `actual` its place, where `full` would fill the room. */
  place(full: Size | null, actual: Size): void {
    if (full === null) return;
    const narrower = actual.columns < full.columns;
    const lower = actual.rows < full.rows;
    const screen = this.frame.querySelector<HTMLElement>(".xterm-screen");
    const [width, height] = [screen?.offsetWidth ?? 0, screen?.offsetHeight ?? 0];
    this.frame.style.width = narrower ? `${width + SCROLL_BAR}px` : "";
    this.frame.style.height = lower ? `${height}px` : "";
    this.element.classList.toggle("smaller", narrower || lower);
    this.frame.classList.toggle("narrower", narrower);
    this.frame.classList.toggle("lower", lower);
    this.#say(narrower || lower ? actual : undefined, width, height);
  }

  #say(size: Size | undefined, width: number, height: number): void {
    const beside = this.element.clientWidth - width - SCROLL_BAR >= NOTE_WIDTH;
    const below = this.element.clientHeight - height >= NOTE_HEIGHT;
    this.#note.hidden = size === undefined || !(beside || below);
    if (size === undefined) {
      this.element.removeAttribute("title");
      return;
    }
    const text = say("bridge.terminal.smaller", { columns: size.columns, rows: size.rows });
    this.element.title = text;
    if (this.#note.textContent !== text) this.#note.textContent = text;
    this.#note.style.maxWidth = below ? "" : `${this.element.clientWidth - width - SCROLL_BAR - 16}px`;
  }
}
