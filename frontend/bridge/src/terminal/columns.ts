// How many columns a character takes, as the agent's terminal counts them: what it draws anew must look the same here.

import type { IUnicodeVersionProvider } from "@xterm/xterm";

import { NONE, TWO } from "./widths";

/** The ends of ranges, in order: from an even place on inside of one, from an odd one on outside. */
function bounds(ranges: string): Uint32Array {
  const found: number[] = [];
  let at = 0;
  for (const range of ranges.split(" ")) {
    const [gap = "0", length = "0"] = range.split(".");
    const start = at + Number.parseInt(gap, 16);
    at = start + Number.parseInt(length, 16);
    found.push(start, at);
  }
  return Uint32Array.from(found);
}

function has(bounds: Uint32Array, code: number): boolean {
  let low = 0;
  let high = bounds.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((bounds[middle] ?? 0) <= code) low = middle + 1;
    else high = middle;
  }
  return low % 2 === 1;
}

/** The agent's widths, for xterm. */
export class AgentColumns implements IUnicodeVersionProvider {
  readonly version = "agent";
  readonly #none = bounds(NONE);
  readonly #two = bounds(TWO);

  wcwidth(code: number): 0 | 1 | 2 {
    if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return 0;
    if (code < 0x7f) return 1;
    return has(this.#none, code) ? 0 : has(this.#two, code) ? 2 : 1;
  }

  /**
   * xterm's packed form: the width in the second and third bit, in the first whether it joins the cell before. It does so
   * also behind a cursor that was moved, where xterm no longer knows the width before and leaves that cell's as it is.
   */
  charProperties(code: number, preceding: number): number {
    const width = this.wcwidth(code);
    return width > 0 ? width << 1 : ((preceding >> 1) & 3) << 1 | 1;
  }
}
