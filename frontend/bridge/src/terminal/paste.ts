// What may be typed into a terminal by pasting. Pure text in, pure text out.

/** Characters sent at once; the link's own flow control does the rest. */
const CHUNK = 16 * 1024;

const encoder = new TextEncoder();

/** Whether a person should confirm: more than one line into a program that would run each at once. */
export function needsConfirmation(text: string, bracketed: boolean): boolean {
  return !bracketed && /[\r\n]/.test(text.replace(/\s+$/, ""));
}

/**
 * Text as it is typed: without control characters (so that nothing pasted can end a bracketed paste, or press
 * Ctrl-C), with `\r` for line ends, and between the marks where the program asked for them.
 */
export function prepare(text: string, bracketed: boolean): string {
  const plain = text.replace(/\r\n?/g, "\n").replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, "").replace(/\n/g, "\r");
  return bracketed ? `\x1b[200~${plain}\x1b[201~` : plain;
}

/** The bytes of a text in pieces that end between characters. */
export function* pieces(text: string): Generator<Uint8Array> {
  for (let start = 0; start < text.length;) {
    let end = Math.min(start + CHUNK, text.length);
    const last = text.charCodeAt(end - 1);
    if (end < text.length && last >= 0xd800 && last < 0xdc00) end--;
    yield encoder.encode(text.slice(start, end));
    start = end;
  }
}
