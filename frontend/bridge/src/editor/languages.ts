// Which grammar colours which language; each is a chunk of its own, loaded when first shown.

import { LanguageSupport, StreamLanguage, type StreamParser } from "@codemirror/language";

type Loader = () => Promise<LanguageSupport>;

const legacy = (load: () => Promise<StreamParser<unknown>>): Loader =>
  async () => new LanguageSupport(StreamLanguage.define(await load()));

const javascript = (options: { jsx?: boolean; typescript?: boolean }): Loader =>
  async () => (await import("@codemirror/lang-javascript")).javascript(options);

const clike = async () => import("@codemirror/legacy-modes/mode/clike");

/** Loaders by language id, as language servers name languages. */
const loaders: Record<string, Loader> = {
  rust: async () => (await import("@codemirror/lang-rust")).rust(),
  yaml: async () => (await import("@codemirror/lang-yaml")).yaml(),
  json: async () => (await import("@codemirror/lang-json")).json(),
  jsonc: javascript({}),
  markdown: async () => (await import("@codemirror/lang-markdown")).markdown({ codeLanguages: () => null }),
  javascript: javascript({}),
  javascriptreact: javascript({ jsx: true }),
  typescript: javascript({ typescript: true }),
  typescriptreact: javascript({ jsx: true, typescript: true }),
  python: async () => (await import("@codemirror/lang-python")).python(),
  html: async () => (await import("@codemirror/lang-html")).html(),
  css: async () => (await import("@codemirror/lang-css")).css(),
  scss: legacy(async () => (await import("@codemirror/legacy-modes/mode/css")).sCSS),
  less: legacy(async () => (await import("@codemirror/legacy-modes/mode/css")).less),
  toml: legacy(async () => (await import("@codemirror/legacy-modes/mode/toml")).toml),
  shellscript: legacy(async () => (await import("@codemirror/legacy-modes/mode/shell")).shell),
  dockerfile: legacy(async () => (await import("@codemirror/legacy-modes/mode/dockerfile")).dockerFile),
  go: legacy(async () => (await import("@codemirror/legacy-modes/mode/go")).go),
  ruby: legacy(async () => (await import("@codemirror/legacy-modes/mode/ruby")).ruby),
  lua: legacy(async () => (await import("@codemirror/legacy-modes/mode/lua")).lua),
  perl: legacy(async () => (await import("@codemirror/legacy-modes/mode/perl")).perl),
  powershell: legacy(async () => (await import("@codemirror/legacy-modes/mode/powershell")).powerShell),
  r: legacy(async () => (await import("@codemirror/legacy-modes/mode/r")).r),
  swift: legacy(async () => (await import("@codemirror/legacy-modes/mode/swift")).swift),
  diff: legacy(async () => (await import("@codemirror/legacy-modes/mode/diff")).diff),
  ini: legacy(async () => (await import("@codemirror/legacy-modes/mode/properties")).properties),
  properties: legacy(async () => (await import("@codemirror/legacy-modes/mode/properties")).properties),
  proto: legacy(async () => (await import("@codemirror/legacy-modes/mode/protobuf")).protobuf),
  xml: legacy(async () => (await import("@codemirror/legacy-modes/mode/xml")).xml),
  sql: legacy(async () => (await import("@codemirror/legacy-modes/mode/sql")).standardSQL),
  c: legacy(async () => (await clike()).c),
  cpp: legacy(async () => (await clike()).cpp),
  csharp: legacy(async () => (await clike()).csharp),
  java: legacy(async () => (await clike()).java),
  kotlin: legacy(async () => (await clike()).kotlin),
  scala: legacy(async () => (await clike()).scala),
  dart: legacy(async () => (await clike()).dart),
};

/** Other names of the same grammar. */
const aliases: Record<string, string> = {
  sh: "shellscript", shell: "shellscript", bash: "shellscript", zsh: "shellscript",
  js: "javascript", mjs: "javascript", cjs: "javascript", jsx: "javascriptreact",
  ts: "typescript", tsx: "typescriptreact", rs: "rust", py: "python", yml: "yaml", md: "markdown",
  htm: "html", svg: "xml", "c++": "cpp", dockerfile: "dockerfile",
};

/** The grammar of a language; none where there is none, or it cannot be loaded now. */
export async function loadLanguage(language: string): Promise<LanguageSupport | undefined> {
  const id = language.toLowerCase();
  const loader = loaders[id] ?? loaders[aliases[id] ?? ""];
  if (loader === undefined) return undefined;
  try {
    return await loader();
  } catch (fault) {
    console.warn(`no colours for ${id}`, fault);
    return undefined;
  }
}
