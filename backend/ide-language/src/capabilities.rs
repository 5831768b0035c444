//! What we tell a server we can do: the union of what the editor does in the browser and what is done here.

use serde_json::{Value, json};

use crate::{spec::ServerSpec, uri::Root};

/// The parameters of `initialize`.
pub(crate) fn initialize(root: &Root, spec: &ServerSpec) -> Value {
    json!({
        "processId": std::process::id(),
        "clientInfo": { "name": "Cumulo", "version": env!("CARGO_PKG_VERSION") },
        "rootPath": root.path(),
        "rootUri": root.uri(),
        "workspaceFolders": [{ "uri": root.uri(), "name": root.path().file_name().unwrap_or_default().to_string_lossy() }],
        "initializationOptions": spec.options,
        "capabilities": {
            "general": {
                "positionEncodings": ["utf-16"],
                "staleRequestSupport": { "cancel": true, "retryOnContentModified": [] },
                "markdown": { "parser": "subset", "version": "1" },
            },
            "workspace": workspace(),
            "textDocument": text_document(),
            "window": { "workDoneProgress": true, "showDocument": { "support": false } },
            // rust-analyzer's own: whether it has loaded all it wants to load.
            "experimental": { "serverStatusNotification": true },
        },
    })
}

fn workspace() -> Value {
    json!({
        "applyEdit": true,
        "configuration": true,
        "workspaceFolders": true,
        // No files are made, moved or deleted for a server.
        "workspaceEdit": { "documentChanges": true, "resourceOperations": [], "normalizesLineEndings": true },
        "symbol": { "resolveSupport": { "properties": ["location.range"] } },
        "executeCommand": {},
        "diagnostics": { "refreshSupport": true },
        "inlayHint": { "refreshSupport": true },
        "semanticTokens": { "refreshSupport": true },
        "codeLens": { "refreshSupport": false },
    })
}

fn text_document() -> Value {
    let markup = json!(["markdown", "plaintext"]);
    json!({
        "synchronization": { "didSave": true },
        "diagnostic": { "relatedDocumentSupport": true },
        "publishDiagnostics": {
            "relatedInformation": true, "versionSupport": true, "codeDescriptionSupport": true, "dataSupport": true,
            "tagSupport": { "valueSet": [1, 2] },
        },
        "completion": {
            "contextSupport": true,
            "completionItem": {
                "snippetSupport": true, "labelDetailsSupport": true, "insertReplaceSupport": true, "deprecatedSupport": true,
                "documentationFormat": markup, "tagSupport": { "valueSet": [1] },
                "resolveSupport": { "properties": ["documentation", "detail", "additionalTextEdits"] },
            },
            "completionItemKind": { "valueSet": (1..=25).collect::<Vec<_>>() },
            "completionList": { "itemDefaults": ["editRange", "insertTextFormat", "commitCharacters", "data"] },
        },
        "hover": { "contentFormat": markup },
        "signatureHelp": {
            "contextSupport": true,
            "signatureInformation": {
                "documentationFormat": markup, "activeParameterSupport": true,
                "parameterInformation": { "labelOffsetSupport": true },
            },
        },
        "definition": { "linkSupport": true },
        "declaration": { "linkSupport": true },
        "typeDefinition": { "linkSupport": true },
        "implementation": { "linkSupport": true },
        "references": {},
        "documentHighlight": {},
        "documentSymbol": { "hierarchicalDocumentSymbolSupport": true },
        "codeAction": {
            "isPreferredSupport": true, "disabledSupport": true, "dataSupport": true,
            "resolveSupport": { "properties": ["edit"] },
            "codeActionLiteralSupport": {
                "codeActionKind": { "valueSet": ["", "quickfix", "refactor", "refactor.extract", "refactor.inline",
                    "refactor.rewrite", "source", "source.organizeImports"] },
            },
        },
        "formatting": {},
        "rangeFormatting": {},
        "rename": { "prepareSupport": true },
        "foldingRange": { "lineFoldingOnly": true },
        "selectionRange": {},
        "inlayHint": { "resolveSupport": { "properties": ["tooltip", "label.tooltip"] } },
        "semanticTokens": {
            "requests": { "range": true, "full": true }, "formats": ["relative"],
            "tokenTypes": ["namespace", "type", "class", "enum", "interface", "struct", "typeParameter", "parameter",
                "variable", "property", "enumMember", "function", "method", "macro", "keyword", "comment", "string",
                "number", "operator", "decorator"],
            "tokenModifiers": ["declaration", "definition", "readonly", "static", "deprecated", "async", "documentation"],
            "overlappingTokenSupport": false, "multilineTokenSupport": false, "augmentsSyntaxTokens": true,
        },
    })
}
