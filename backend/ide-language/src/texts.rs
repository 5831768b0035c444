//! What a server knows of the open documents, and the notifications that keep it so. Pure.

use std::{collections::HashMap, sync::Arc};

use bytes::Bytes;
use ide_core::DocumentSnapshot;
use protocol::{
    WorkspacePath,
    language::{Position, Range},
};
use serde_json::{Value, json};

use crate::{rpc::notification, uri::Root};

/// Longer texts are not shown to language servers.
const MAX_TEXT: usize = 8 * 1024 * 1024;

/// How a server wants to be told of changes, from its capabilities.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct SyncStyle {
    incremental: bool,
    save: Option<bool>,
}

impl SyncStyle {
    /// Reads `textDocumentSync`: a number, or an object with one.
    pub(crate) fn of(capabilities: &Value) -> Self {
        let sync = &capabilities["textDocumentSync"];
        let kind = sync.as_u64().or_else(|| sync["change"].as_u64());
        let save = match &sync["save"] {
            Value::Bool(wanted) => wanted.then_some(false),
            Value::Object(options) => Some(options.get("includeText") == Some(&Value::Bool(true))),
            _ => None,
        };
        Self { incremental: kind == Some(2), save }
    }
}

#[derive(Debug)]
struct Text {
    version: i32,
    text: Arc<str>,
}

/// The documents a server has been shown.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    open: HashMap<WorkspacePath, Text>,
    style: SyncStyle,
}

impl Texts {
    /// No documents yet, for a server of this style.
    pub(crate) fn new(style: SyncStyle) -> Self {
        Self { open: HashMap::new(), style }
    }

    /// The documents.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &WorkspacePath> {
        self.open.keys()
    }

    /// How many.
    pub(crate) fn len(&self) -> usize {
        self.open.len()
    }

    /// Shows a document as it is now; nothing where the server knows it so.
    pub(crate) fn show(&mut self, root: &Root, now: &DocumentSnapshot) -> Option<Bytes> {
        if now.text.len() > MAX_TEXT {
            return self.close(root, &now.path);
        }
        let uri = root.to_uri(&now.path);
        let Some(known) = self.open.get_mut(&now.path) else {
            self.open.insert(now.path.clone(), Text { version: now.version, text: Arc::clone(&now.text) });
            let document = json!({
                "uri": uri, "languageId": now.language, "version": now.version, "text": &*now.text,
            });
            return Some(notification("textDocument/didOpen", json!({ "textDocument": document })));
        };
        if known.text == now.text {
            return None;
        }
        let changes = if self.style.incremental {
            let (range, text) = difference(&known.text, &now.text);
            json!([{ "range": range, "text": text }])
        } else {
            json!([{ "text": &*now.text }])
        };
        // Versions must grow; a reopened document may count anew.
        known.version = now.version.max(known.version + 1);
        known.text = Arc::clone(&now.text);
        let document = json!({ "uri": uri, "version": known.version });
        Some(notification(
            "textDocument/didChange",
            json!({ "textDocument": document, "contentChanges": changes }),
        ))
    }

    /// Says that a document was saved.
    pub(crate) fn saved(&self, root: &Root, path: &WorkspacePath) -> Option<Bytes> {
        let include = self.style.save?;
        let text = &self.open.get(path)?.text;
        let mut params = json!({ "textDocument": { "uri": root.to_uri(path) } });
        if include {
            params["text"] = json!(&**text);
        }
        Some(notification("textDocument/didSave", params))
    }

    /// Takes a document away.
    pub(crate) fn close(&mut self, root: &Root, path: &WorkspacePath) -> Option<Bytes> {
        self.open.remove(path)?;
        Some(notification("textDocument/didClose", json!({ "textDocument": { "uri": root.to_uri(path) } })))
    }
}

/// The one replacement that makes `old` read `new`.
fn difference<'a>(old: &str, new: &'a str) -> (Range, &'a str) {
    let mut head = old.bytes().zip(new.bytes()).take_while(|(a, b)| a == b).count();
    while !old.is_char_boundary(head) || !new.is_char_boundary(head) {
        head -= 1;
    }
    let rest = old.len().min(new.len()) - head;
    let mut tail = old.bytes().rev().zip(new.bytes().rev()).take(rest).take_while(|(a, b)| a == b).count();
    while !old.is_char_boundary(old.len() - tail) || !new.is_char_boundary(new.len() - tail) {
        tail -= 1;
    }
    let start = advance(Position { line: 0, character: 0 }, &old[..head]);
    let end = advance(start, &old[head..old.len() - tail]);
    (Range { start, end }, &new[head..new.len() - tail])
}

/// Where one is after `text`.
fn advance(from: Position, text: &str) -> Position {
    let lines = text.bytes().filter(|&byte| byte == b'\n').count() as u32;
    let last = text.rsplit('\n').next().unwrap_or_default();
    let units = last.encode_utf16().count() as u32;
    let character = if lines == 0 { from.character + units } else { units };
    Position { line: from.line + lines, character }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn snapshot(version: i32, text: &str) -> DocumentSnapshot {
        DocumentSnapshot {
            path: WorkspacePath::parse("a.rs").unwrap(),
            language: "rust".into(),
            version,
            text: text.into(),
        }
    }

    fn check(capabilities: &Value, steps: &[(i32, &str)], wanted: &[&str]) {
        let root = Root::new("/w".into());
        let mut texts = Texts::new(SyncStyle::of(capabilities));
        let told: Vec<String> = steps
            .iter()
            .filter_map(|(version, text)| texts.show(&root, &snapshot(*version, text)))
            .map(|body| {
                let message: Value = serde_json::from_slice(&body).unwrap();
                let params = &message["params"];
                format!(
                    "{} {} {}",
                    message["method"], params["textDocument"]["version"], params["contentChanges"]
                )
            })
            .collect();
        assert_eq!(told, wanted);
    }

    #[test]
    fn changes_are_told_as_the_server_wants_them() {
        check(
            &json!({ "textDocumentSync": 2 }),
            &[(1, "ab\nü😀d"), (2, "ab\nü😀d"), (3, "ab\nü😀xd"), (1, "ab\nd")],
            &[
                r#""textDocument/didOpen" 1 null"#,
                r#""textDocument/didChange" 3 [{"range":{"start":{"line":1,"character":3},"end":{"line":1,"character":3}},"text":"x"}]"#,
                r#""textDocument/didChange" 4 [{"range":{"start":{"line":1,"character":0},"end":{"line":1,"character":4}},"text":""}]"#,
            ],
        );
        check(
            &json!({ "textDocumentSync": { "change": 1 } }),
            &[(1, "a"), (2, "ab")],
            &[r#""textDocument/didOpen" 1 null"#, r#""textDocument/didChange" 2 [{"text":"ab"}]"#],
        );
    }

    #[test]
    fn saving_is_told_where_it_is_wanted() {
        let (root, path) = (Root::new("/w".into()), WorkspacePath::parse("a.rs").unwrap());
        for (save, wanted) in
            [(json!(null), None), (json!(true), Some(false)), (json!({ "includeText": true }), Some(true))]
        {
            let style = SyncStyle::of(&json!({ "textDocumentSync": { "change": 2, "save": save } }));
            let mut texts = Texts::new(style);
            texts.show(&root, &snapshot(1, "x"));
            let told = texts
                .saved(&root, &path)
                .map(|body| String::from_utf8_lossy(&body).contains(r#""text":"x""#));
            assert_eq!(told, wanted);
        }
    }

    fn utf16_offset(text: &str, position: Position) -> usize {
        let line: usize = text
            .split_inclusive('\n')
            .take(position.line as usize)
            .map(|line| line.encode_utf16().count())
            .sum();
        line + position.character as usize
    }

    proptest! {
        #[test]
        fn the_difference_leads_from_old_to_new(old in "[ab\nü😀é]{0,12}", new in "[ab\nü😀é]{0,12}") {
            let (range, text) = difference(&old, &new);
            let mut units: Vec<u16> = old.encode_utf16().collect();
            units.splice(utf16_offset(&old, range.start)..utf16_offset(&old, range.end), text.encode_utf16());
            prop_assert_eq!(String::from_utf16(&units).unwrap(), new);
        }
    }
}
