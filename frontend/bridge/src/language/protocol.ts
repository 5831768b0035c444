// The parts of the Language Server Protocol that the editor reads.

import type { Position, Range } from "../editor/problems";

export type { Position, Range };

export interface TextEdit {
  range: Range;
  newText: string;
}

export interface Location {
  uri: string;
  range: Range;
}

export interface LocationLink {
  targetUri: string;
  targetSelectionRange: Range;
}

export interface MarkupContent {
  kind: "plaintext" | "markdown";
  value: string;
}

export type Documentation = string | MarkupContent;

export interface WorkspaceEdit {
  changes?: Record<string, TextEdit[]>;
  documentChanges?: { textDocument: { uri: string }; edits: TextEdit[] }[];
}

export interface Command {
  title: string;
  command: string;
  arguments?: unknown[];
}

export interface CodeAction {
  title: string;
  kind?: string;
  isPreferred?: boolean;
  disabled?: { reason: string };
  edit?: WorkspaceEdit;
  command?: Command | string;
  data?: unknown;
}

export interface CompletionItem {
  label: string;
  labelDetails?: { detail?: string; description?: string };
  kind?: number;
  tags?: number[];
  detail?: string;
  documentation?: Documentation;
  deprecated?: boolean;
  preselect?: boolean;
  sortText?: string;
  filterText?: string;
  insertText?: string;
  insertTextFormat?: 1 | 2;
  textEdit?: TextEdit | { newText: string; insert: Range; replace: Range };
  textEditText?: string;
  additionalTextEdits?: TextEdit[];
  commitCharacters?: string[];
  data?: unknown;
}

export interface CompletionList {
  isIncomplete: boolean;
  itemDefaults?: {
    editRange?: Range | { insert: Range; replace: Range };
    insertTextFormat?: 1 | 2;
    commitCharacters?: string[];
    data?: unknown;
  };
  items: CompletionItem[];
}

export interface Hover {
  contents: Documentation | { language: string; value: string } | (string | { language: string; value: string })[];
  range?: Range;
}

export interface SignatureHelp {
  signatures: {
    label: string;
    documentation?: Documentation;
    parameters?: { label: string | [number, number]; documentation?: Documentation }[];
    activeParameter?: number | null;
  }[];
  activeSignature?: number | null;
  activeParameter?: number | null;
}

export interface InlayHint {
  position: Position;
  label: string | { value: string }[];
  paddingLeft?: boolean;
  paddingRight?: boolean;
}

/** What of a server's abilities is looked at. */
export interface Capabilities {
  completionProvider?: { triggerCharacters?: string[]; resolveProvider?: boolean };
  signatureHelpProvider?: { triggerCharacters?: string[]; retriggerCharacters?: string[] };
  hoverProvider?: unknown;
  definitionProvider?: unknown;
  implementationProvider?: unknown;
  referencesProvider?: unknown;
  documentHighlightProvider?: unknown;
  documentSymbolProvider?: unknown;
  workspaceSymbolProvider?: unknown;
  documentFormattingProvider?: unknown;
  codeActionProvider?: boolean | { resolveProvider?: boolean };
  renameProvider?: boolean | { prepareProvider?: boolean };
  inlayHintProvider?: unknown;
  semanticTokensProvider?: { legend: { tokenTypes: string[]; tokenModifiers: string[] }; range?: unknown };
}
