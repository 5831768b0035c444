// `file:` URIs of the workspace's files. A path spells bytes that are no UTF-8 as U+10FF00 … U+10FFFF
// (`protocol::WorkspacePath`); a URI spells them as `%XX`.

const ESCAPE = 0x10ff00;
const encoder = new TextEncoder();
const strict = new TextDecoder("utf-8", { fatal: true });

/** The URI of a file below `root`. */
export function toUri(root: string, path: string): string {
  let uri = `${root}/`;
  for (const character of path) {
    const code = character.codePointAt(0) ?? 0;
    const bytes = code >= ESCAPE ? Uint8Array.of(code - ESCAPE) : encoder.encode(character);
    for (const byte of bytes) uri += spell(byte);
  }
  return uri;
}

/** The path of a URI below `root`; none where it lies elsewhere. */
export function toPath(root: string, uri: string): string | undefined {
  const [folder, file] = [decode(root), decode(uri)];
  if (folder === undefined || file === undefined) return undefined;
  if (file.length <= folder.length + 1 || file[folder.length] !== 0x2f) return undefined;
  if (!folder.every((byte, index) => file[index] === byte)) return undefined;
  const path = read(file.subarray(folder.length + 1));
  return path.split("/").some(name => name === "" || name === "." || name === "..") ? undefined : path;
}

function spell(byte: number): string {
  const character = String.fromCharCode(byte);
  return /[A-Za-z0-9/\-._~]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
}

function decode(uri: string): Uint8Array | undefined {
  const match = /^file:\/\/(?:localhost)?(\/[^?#]*)$/.exec(uri);
  if (match?.[1] === undefined) return undefined;
  const bytes: number[] = [];
  const text = encoder.encode(match[1]);
  for (let at = 0; at < text.length; at++) {
    const byte = text[at] ?? 0;
    if (byte !== 0x25) {
      bytes.push(byte);
      continue;
    }
    const digits = String.fromCharCode(text[at + 1] ?? 0, text[at + 2] ?? 0);
    if (!/^[0-9a-fA-F]{2}$/.test(digits)) return undefined;
    bytes.push(parseInt(digits, 16));
    at += 2;
  }
  return Uint8Array.from(bytes);
}

/** Bytes as a path: UTF-8 where they are, escapes where not. */
function read(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes);
  } catch {
    return Array.from(segments(bytes)).join("");
  }
}

function* segments(bytes: Uint8Array): Generator<string> {
  for (let at = 0; at < bytes.length;) {
    const size = [1, 2, 3, 4].find(length => isCharacter(bytes.subarray(at, at + length)));
    yield size === undefined ? String.fromCodePoint(ESCAPE + (bytes[at] ?? 0)) : strict.decode(bytes.subarray(at, at + size));
    at += size ?? 1;
  }
}

function isCharacter(bytes: Uint8Array): boolean {
  try {
    return strict.decode(bytes).length > 0;
  } catch {
    return false;
  }
}
