// The names of a document or of the whole workspace, for the palette.

import { opened } from "../editor/document";
import type { LinkPort } from "../link";
import { clientOf, clientsOf, type LanguageClient } from "./client";
import { ask } from "./context";
import type { Range } from "./protocol";

/** Symbols given at once. */
const MAX_SYMBOLS = 500;

/** A name and where it is. Line and column count from 1; outside of the workspace `path` is empty. */
export interface FoundSymbol {
  name: string;
  /** What it is inside of, or its file. */
  container: string;
  /** `SymbolKind` of the protocol. */
  kind: number;
  path: string;
  uri: string;
  line: number;
  column: number;
}

interface DocumentSymbol {
  name: string;
  kind: number;
  selectionRange: Range;
  children?: DocumentSymbol[];
}

interface SymbolInformation {
  name: string;
  kind: number;
  containerName?: string;
  location: { uri: string; range?: Range };
}

/** The names that the document of `path` defines, in the order of its text. */
export async function inDocument(link: LinkPort, path: string): Promise<FoundSymbol[]> {
  const replica = opened(link, path)?.replica;
  const client = replica === undefined ? undefined : await clientOf(link, replica.info.language);
  if (replica === undefined || client?.capabilities.documentSymbolProvider === undefined) return [];
  const context = { client, replica, path: () => path, open: () => undefined, fail: () => undefined };
  const found = await ask<(DocumentSymbol | SymbolInformation)[] | null>(context, "textDocument/documentSymbol", {});
  return flatten(client, path, found ?? [], "").slice(0, MAX_SYMBOLS);
}

/** The names of the workspace that fit `query`, of every language with a running server. */
export async function inWorkspace(link: LinkPort, query: string): Promise<FoundSymbol[]> {
  const clients = (await clientsOf(link)).filter(client => client.capabilities.workspaceSymbolProvider !== undefined);
  const answers = clients.map(async client => {
    // rust-analyzer gives types alone unless the query says otherwise.
    const wanted = client.language === "rust" ? `${query}#` : query;
    const found = await client.request<SymbolInformation[] | null>("workspace/symbol", { query: wanted });
    return flatten(client, "", found ?? [], "");
  });
  return (await Promise.all(answers)).flat().slice(0, MAX_SYMBOLS);
}

/** Symbols within others come after them, with their names. */
export function flatten(
  client: Pick<LanguageClient, "toPath">,
  path: string,
  symbols: (DocumentSymbol | SymbolInformation)[],
  container: string,
): FoundSymbol[] {
  return symbols.flatMap(symbol => {
    const { name, kind } = symbol;
    if ("location" in symbol) {
      const { uri, range } = symbol.location;
      const own = client.toPath(uri) ?? "";
      const inside = symbol.containerName ?? "";
      return [{ name, kind, container: inside, path: own, uri, ...place(range) }];
    }
    const found = { name, kind, container, path, uri: "", ...place(symbol.selectionRange) };
    return [found, ...flatten(client, path, symbol.children ?? [], name)];
  });
}

function place(range: Range | undefined): { line: number; column: number } {
  return { line: (range?.start.line ?? 0) + 1, column: (range?.start.character ?? 0) + 1 };
}
