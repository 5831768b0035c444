//! Edits that a server, or a person through it, wants in files: read, checked to stay inside of the workspace, applied.

use ide_core::{Documents, TextEdit};
use protocol::{PersonId, Said, WorkspacePath, language::Range};
use serde::Deserialize;
use serde_json::Value;

use crate::uri::Root;

/// Edits in one go at most.
const MAX_EDITS: usize = 100_000;

/// Why edits were not applied.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refused {
    /// The edit is not one of the protocol's.
    #[error("the edit is malformed: {0}")]
    Malformed(#[from] serde_json::Error),
    /// A file that is not the workspace's.
    #[error("'{0}' lies outside of the workspace")]
    Outside(String),
    /// Files are made, moved and deleted by people.
    #[error("it would {0} a file")]
    Resource(String),
    /// Too many of them.
    #[error("it holds more than {MAX_EDITS} edits")]
    TooMany,
    /// The documents' keeper refused.
    #[error("{0}")]
    Apply(#[from] protocol::CallError),
}

impl Refused {
    /// As people are told.
    pub(crate) fn said(self) -> Said {
        let said = Said::new(self.to_string());
        match self {
            Self::Malformed(error) => said.because("edit-malformed", &[("reason", &error)]),
            Self::Outside(uri) => said.because("edit-outside", &[("uri", &uri)]),
            Self::Resource(kind) => said.because("edit-resource", &[("kind", &kind)]),
            Self::TooMany => said.because("edit-too-many", &[("most", &MAX_EDITS)]),
            Self::Apply(error) => error.said(),
        }
    }
}

/// The edits of one file.
pub(crate) type FileEdits = (WorkspacePath, Vec<TextEdit>);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WorkspaceEdit {
    changes: Option<serde_json::Map<String, Value>>,
    document_changes: Option<Vec<Value>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DocumentEdit {
    text_document: Identifier,
    edits: Vec<Edit>,
}

#[derive(Deserialize)]
struct Identifier {
    uri: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Edit {
    range: Range,
    new_text: String,
}

/// Reads a `WorkspaceEdit`: all of it, or nothing.
pub(crate) fn read(root: &Root, edit: Value) -> Result<Vec<FileEdits>, Refused> {
    let edit: WorkspaceEdit = serde_json::from_value(edit)?;
    let mut files = Vec::new();
    if let Some(changes) = edit.document_changes {
        for change in changes {
            if let Some(kind) = change["kind"].as_str() {
                return Err(Refused::Resource(kind.chars().take(20).collect()));
            }
            let change: DocumentEdit = serde_json::from_value(change)?;
            files.push(file(root, &change.text_document.uri, change.edits)?);
        }
    } else {
        for (uri, edits) in edit.changes.unwrap_or_default() {
            files.push(file(root, &uri, serde_json::from_value(edits)?)?);
        }
    }
    if files.iter().map(|(_, edits)| edits.len()).sum::<usize>() > MAX_EDITS {
        return Err(Refused::TooMany);
    }
    Ok(files)
}

fn file(root: &Root, uri: &str, edits: Vec<Edit>) -> Result<FileEdits, Refused> {
    let path = root.to_path(uri).ok_or_else(|| Refused::Outside(uri.chars().take(200).collect()))?;
    Ok((path, edits.into_iter().map(|edit| TextEdit { range: edit.range, text: edit.new_text }).collect()))
}

/// Applies edits file by file.
pub(crate) async fn apply(
    documents: &dyn Documents,
    by: Option<&PersonId>,
    files: Vec<FileEdits>,
) -> Result<(), Refused> {
    for (path, edits) in files {
        documents.apply(by, &path, edits).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(edit: Value, wanted: &str) {
        let root = Root::new("/w".into());
        let seen = match read(&root, edit) {
            Ok(files) => files
                .iter()
                .map(|(path, edits)| format!("{path} {}", edits.len()))
                .collect::<Vec<_>>()
                .join(", "),
            Err(refused) => refused.to_string(),
        };
        assert_eq!(seen.split(": ").next(), Some(wanted));
    }

    #[test]
    fn edits_stay_inside() {
        let place = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 0, "character": 1 } });
        let edits = json!([{ "range": place, "newText": "x" }]);
        check(json!({ "changes": { "file:///w/a.rs": edits, "file:///w/b/c.rs": [] } }), "a.rs 1, b/c.rs 0");
        let document = json!({ "textDocument": { "uri": "file:///w/a.rs", "version": 3 }, "edits": edits });
        check(json!({ "documentChanges": [document] }), "a.rs 1");
        check(json!({}), "");
        check(
            json!({ "changes": { "file:///etc/passwd": edits } }),
            "'file:///etc/passwd' lies outside of the workspace",
        );
        check(
            json!({ "changes": { "file:///w/a.rs": edits, "file:///w/../root/.bashrc": edits } }),
            "'file:///w/../root/.bashrc' lies outside of the workspace",
        );
        let delete = json!({ "kind": "delete", "uri": "file:///w/a.rs" });
        check(json!({ "documentChanges": [document, delete] }), "it would delete a file");
        check(json!({ "changes": { "file:///w/a.rs": [{ "newText": 1 }] } }), "the edit is malformed");
        check(json!("nonsense"), "the edit is malformed");
    }
}
