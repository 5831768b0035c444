//! What a server says by itself: its requests, each answered, and its notifications.

use std::time::Duration;

use protocol::Said;
use serde_json::{Value, json, value::RawValue};

use super::{Fault, Peers, Running, apply, broadcast};
use crate::{problems, rpc};

/// Between two reports of progress.
const REPORT_EVERY: Duration = Duration::from_millis(250);

impl Running {
    /// The server asks something of us.
    pub(super) fn asked(
        &mut self,
        peers: &Peers,
        id: &RawValue,
        method: &str,
        params: Option<&RawValue>,
    ) -> Result<(), Fault> {
        let params: Value = params.and_then(rpc::decode).unwrap_or_default();
        let answer = match method {
            "workspace/configuration" => Ok(rpc::raw(&self.configuration(&params))),
            "workspace/workspaceFolders" => {
                Ok(rpc::raw(&json!([{ "uri": self.shared.root.uri(), "name": "workspace" }])))
            }
            "workspace/applyEdit" => {
                self.apply(id, params);
                return Ok(());
            }
            "workspace/diagnostic/refresh" => {
                self.refresh();
                Ok(rpc::raw(&Value::Null))
            }
            "workspace/inlayHint/refresh"
            | "workspace/semanticTokens/refresh"
            | "workspace/codeLens/refresh" => {
                let told = rpc::notification(method, Value::Null);
                broadcast(peers, &told);
                Ok(rpc::raw(&Value::Null))
            }
            "window/workDoneProgress/create"
            | "client/registerCapability"
            | "client/unregisterCapability"
            | "window/showMessageRequest" => Ok(rpc::raw(&Value::Null)),
            // A program must not make a browser open things.
            "window/showDocument" => Ok(rpc::raw(&json!({ "success": false }))),
            _ => Err(rpc::failure(rpc::METHOD_NOT_FOUND, &Said::verbatim("not supported"))),
        };
        self.send(rpc::response(id, &answer))
    }

    fn configuration(&self, params: &Value) -> Value {
        let items = params["items"].as_array().map_or(&[][..], Vec::as_slice);
        items
            .iter()
            .map(|item| section(&self.spec.settings, item["section"].as_str().unwrap_or_default()))
            .collect()
    }

    /// Applies a server's own edit, and answers when it is done.
    fn apply(&self, id: &RawValue, mut params: Value) {
        let (shared, sender, id) = (self.shared.clone(), self.process.sender(), id.to_owned());
        tokio::spawn(async move {
            let outcome = apply(&shared, None, params["edit"].take()).await;
            // A server that is gone needs no answer.
            let _ = sender.send(rpc::response(&id, &Ok(outcome))).await;
        });
    }

    /// The server tells us something.
    pub(super) fn told(&mut self, method: &str, params: Option<&RawValue>) {
        let params: Value = params.and_then(rpc::decode).unwrap_or_default();
        match method {
            "textDocument/publishDiagnostics" => {
                let Some(path) = self.shared.root.to_path(params["uri"].as_str().unwrap_or_default()) else {
                    return;
                };
                let diagnostics = params["diagnostics"].as_array().map_or(&[][..], Vec::as_slice);
                let found = problems::read(&self.shared.root, diagnostics);
                self.status.change_problems(|problems| problems.pushed(&path, found));
            }
            "$/progress" => {
                let edge = self.progress.report(&params);
                let now = self.shared.clock.monotonic();
                if edge || self.reported.is_none_or(|last| now >= last + REPORT_EVERY) {
                    self.reported = Some(now);
                    self.status.set_state(self.progress.state());
                }
            }
            // rust-analyzer's: what it knows has settled, so what it said before may be out of date.
            "experimental/serverStatus" => {
                if params["quiescent"] == true {
                    self.refresh();
                }
                if params["health"] == "error" {
                    tracing::warn!(server = self.spec.name(), message = %params["message"], "a language server is not well");
                }
            }
            "window/showMessage" | "window/logMessage" => {
                let message: String =
                    params["message"].as_str().unwrap_or_default().chars().take(500).collect();
                tracing::debug!(target: "ide_language::server", "{}", message.escape_debug());
            }
            _ => {}
        }
    }

    fn refresh(&mut self) {
        if let Some(pulls) = &mut self.pulls {
            pulls.refresh(self.shared.clock.monotonic());
        }
    }
}

/// A section `a.b` of settings.
fn section(settings: &Value, name: &str) -> Value {
    let found =
        name.split('.').filter(|part| !part.is_empty()).try_fold(settings, |value, part| value.get(part));
    found.cloned().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_be_huge_is_passed_over() {
        let raw = |text: String| RawValue::from_string(text).unwrap();
        assert_eq!(rpc::decode(&raw("[1, 2]".into())), Some(json!([1, 2])));
        assert_eq!(rpc::decode::<Value>(&raw(format!("[{}0]", r#"{"":0},"#.repeat(500_000)))), None);
    }

    #[test]
    fn settings_are_found_by_section() {
        let settings = json!({ "rust-analyzer": { "cargo": { "targetDir": true } } });
        assert_eq!(section(&settings, "rust-analyzer.cargo"), json!({ "targetDir": true }));
        assert_eq!(section(&settings, "python"), Value::Null);
        assert_eq!(section(&settings, ""), settings);
    }
}
