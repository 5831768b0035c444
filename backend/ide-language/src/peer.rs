//! A browser that speaks to a server over a channel: what it may ask, and the two tasks that carry it.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use ide_core::{ChannelReceiver, ChannelSender, Documents};
use protocol::{Access, Capability, WorkspacePath};
use serde::Deserialize;
use tokio::sync::mpsc;

use crate::{
    frames::{MessageStream, frame},
    messages::{Command, PeerId, PeerRequest},
    rpc::{self, Message},
};

/// Messages that wait for a browser; one that reads none of them is let go.
pub(crate) const MAX_WAITING: usize = 256;
/// How long a request waits for the text it was asked about.
const CATCH_UP: Duration = Duration::from_secs(2);

/// Asks for edits to be applied to files, open or not: `WorkspaceEdit` → `ApplyWorkspaceEditResult`. Ours, not the
/// protocol's, and answered here.
pub(crate) const APPLY_EDIT: &str = "cumulo/applyEdit";

/// What only looks.
const LOOK: &[Access] = &[Capability::Languages.read()];
/// What changes files.
const EDIT: &[Access] = &[Capability::Files.write()];
/// A command does what the server likes, on the person's behalf: it may run code, and have files edited.
const COMMAND: &[Access] = &[Capability::Languages.write(), Capability::Files.write()];

/// All that a method needs of whose browser it is; none for methods that are not a browser's to call.
pub(crate) fn accesses(method: &str) -> Option<&'static [Access]> {
    match method {
        APPLY_EDIT => Some(EDIT),
        "workspace/executeCommand" => Some(COMMAND),
        "workspace/symbol"
        | "workspaceSymbol/resolve"
        | "completionItem/resolve"
        | "codeAction/resolve"
        | "codeLens/resolve"
        | "inlayHint/resolve"
        | "documentLink/resolve"
        | "callHierarchy/incomingCalls"
        | "callHierarchy/outgoingCalls"
        | "typeHierarchy/supertypes"
        | "typeHierarchy/subtypes" => Some(LOOK),
        // Synchronisation and diagnostics are the agent's.
        "textDocument/didOpen"
        | "textDocument/didChange"
        | "textDocument/didClose"
        | "textDocument/didSave"
        | "textDocument/willSave"
        | "textDocument/willSaveWaitUntil"
        | "textDocument/diagnostic"
        | "textDocument/publishDiagnostics" => None,
        _ => method.starts_with("textDocument/").then_some(LOOK),
    }
}

/// The text a request was asked about: beside the members of JSON-RPC.
#[derive(Deserialize)]
struct Asked {
    after: Option<After>,
}

#[derive(Deserialize)]
struct After {
    path: WorkspacePath,
    vector: Vec<u8>,
}

/// Carries what a browser sends to the server's task, until either ends.
pub(crate) async fn read(
    peer: PeerId,
    mut channel: ChannelReceiver,
    host: mpsc::Sender<Command>,
    documents: Arc<dyn Documents>,
) {
    let mut stream = MessageStream::default();
    while let Some(bytes) = channel.recv().await {
        stream.push(&bytes);
        loop {
            let command = match stream.next() {
                Ok(Some(body)) => command(peer, &body, &*documents).await,
                Ok(None) => break,
                Err(error) => {
                    tracing::warn!(%error, "a browser's channel to a language server ends");
                    let _ = host.send(Command::Detach(peer)).await;
                    return;
                }
            };
            if let Some(command) = command
                && host.send(command).await.is_err()
            {
                return;
            }
        }
    }
    let _ = host.send(Command::Detach(peer)).await;
}

/// What a message asks of the server's task; none where there is nothing to do.
async fn command(peer: PeerId, body: &[u8], documents: &dyn Documents) -> Option<Command> {
    match rpc::parse(body) {
        Ok(Message::Request { id, method, params }) => {
            if let Some(after) = serde_json::from_slice::<Asked>(body).ok().and_then(|asked| asked.after) {
                // Requests and edits travel on different channels: the answer must be about the text that was seen.
                let _ = tokio::time::timeout(CATCH_UP, documents.caught_up(&after.path, &after.vector)).await;
            }
            Some(Command::Ask(PeerRequest { peer, id, method, params }))
        }
        Ok(Message::Notification { method, params }) if method == "$/cancelRequest" => {
            Some(Command::Cancel(peer, params?))
        }
        Ok(_) => None,
        Err(error) => {
            tracing::debug!(%error, "a browser's message is ignored");
            None
        }
    }
}

/// Carries messages to a browser as it grants credit for them.
pub(crate) async fn write(channel: ChannelSender, mut bodies: mpsc::Receiver<Bytes>) {
    while let Some(body) = bodies.recv().await {
        if channel.send(frame(&body)).await.is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_ask_and_change_nothing_of_the_protocol() {
        for method in ["textDocument/hover", "textDocument/semanticTokens/range", "completionItem/resolve"] {
            assert_eq!(accesses(method), Some(LOOK), "{method}");
        }
        for method in [
            "initialize",
            "shutdown",
            "exit",
            "textDocument/didChange",
            "workspace/didChangeConfiguration",
            "x",
        ] {
            assert_eq!(accesses(method), None, "{method}");
        }
        assert_eq!(accesses("workspace/executeCommand"), Some(COMMAND), "also to those who may not edit");
        assert_eq!(accesses(APPLY_EDIT), Some(EDIT));
    }
}
