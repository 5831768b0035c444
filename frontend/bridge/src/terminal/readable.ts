// The screen's text as plain text beside the picture: for screen readers, for find-in-page, for tests.

import type { IDisposable, Terminal } from "@xterm/xterm";

/** Milliseconds between two renewals at least. */
const EVERY = 250;

/** Keeps an element with the text of the visible screen; hidden from sight, not from assistive technology. */
export class ReadableScreen {
  readonly element = document.createElement("div");
  readonly #terminal: Terminal;
  readonly #subscription: IDisposable;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #last = 0;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
    this.element.className = "terminal-readable";
    const style = this.element.style;
    style.position = "absolute";
    style.width = style.height = "1px";
    style.overflow = "hidden";
    style.clipPath = "inset(50%)";
    style.whiteSpace = "pre";
    this.#subscription = terminal.onRender(() => this.#soon());
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#subscription.dispose();
    this.element.remove();
  }

  #soon(): void {
    if (this.#timer !== undefined) return;
    const wait = Math.max(0, this.#last + EVERY - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#last = performance.now();
      this.#renew();
    }, wait);
  }

  #renew(): void {
    const buffer = this.#terminal.buffer.active;
    const lines: string[] = [];
    for (let row = 0; row < this.#terminal.rows; row++) {
      const line = buffer.getLine(buffer.viewportY + row);
      if (line === undefined) continue;
      const text = line.translateToString(true);
      // A line that goes on from the one above is one line of text.
      if (line.isWrapped && lines.length > 0) lines[lines.length - 1] += text;
      else lines.push(text);
    }
    const text = lines.join("\n").trimEnd();
    if (text !== this.element.textContent) this.element.textContent = text;
  }
}
