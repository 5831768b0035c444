// Snippets of the Language Server Protocol in CodeMirror's own spelling. Pure.

/** A snippet as a template of `@codemirror/autocomplete`. */
export function toTemplate(snippet: string): string {
  return new Reader(snippet).read("");
}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Reads up to one of `until`, which stays. */
  read(until: string): string {
    let out = "";
    while (this.#at < this.#text.length && !until.includes(this.#peek() || "\0")) {
      const character = this.#take();
      if (character === "\\" && /[$}\\,|]/.test(this.#peek())) out += literal(this.#take());
      else if (character === "$") out += this.#field();
      else out += literal(character);
    }
    return out;
  }

  #field(): string {
    const number = this.#match(/\d+/y);
    if (number !== undefined) return field(Number(number), "");
    if (this.#match(/[A-Za-z_]\w*/y) !== undefined) return "";
    if (this.#peek() !== "{") return literal("$");
    this.#take();
    return this.#braced();
  }

  #braced(): string {
    const number = this.#match(/\d+/y);
    const name = number ?? this.#match(/[A-Za-z_]\w*/y);
    if (name === undefined) return literal("${");
    let inner = "";
    if (this.#peek() === ":") {
      this.#take();
      inner = this.read("}");
    } else if (this.#peek() === "|") {
      this.#take();
      inner = this.read(",|");
      while (this.#at < this.#text.length && this.#take() !== "|") this.read(",|");
    } else {
      // A transformation: what it makes is not known here.
      this.read("}");
    }
    this.#take();
    // A variable is worth its default; fields within fields are not CodeMirror's, so only their text stays.
    return number === undefined ? inner : field(Number(number), inner);
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    this.#at += found?.length ?? 0;
    return found;
  }

  #peek(): string {
    return this.#text.charAt(this.#at);
  }

  #take(): string {
    return this.#text.charAt(this.#at++);
  }
}

function field(number: number, inner: string): string {
  const text = inner.replace(/[$#]\{(?:\d+:?)?([^{}]*)\}/g, "$1").replace(/\\([{}])/g, "$1");
  // A name may hold no braces at all.
  const name = /[{}]/.test(text) ? "" : text;
  return `\${${number}${name === "" ? "" : `:${name}`}}`;
}

function literal(text: string): string {
  return text.replace(/[{}]/g, brace => `\\${brace}`);
}
