//! Settings: each person's own, kept as text beside the layouts, and the workspace's, which lie in its file. What a text
//! says is read here against the schema; what a setting does is not known here.

mod jsonc;
mod stated;

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use ide_core::{Events, Router, Trust, blocking};
use protocol::{
    CallError, ErrorCode, Event, PersonId, Principal, Said, WorkspacePath,
    settings::{
        self, Change, ChangeOwnSettings, ChangeWorkspaceSettings, FILE, Fixed, Layer, LoadSettings,
        MAX_SETTINGS, Settings, Stated,
    },
};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::{
    error::{Context, Result, Why},
    layout::{Layouts, write},
    tree::Tree,
};

/// Has what a workspace's file states take effect.
pub type Apply = dyn Fn(&Map<String, Value>) + Send + Sync;

/// What settings meet outside of the workspace.
#[derive(Clone)]
pub struct SettingsPorts {
    /// Whether what the folder brings along may have an effect.
    pub trust: Trust,
    /// What the program was started with.
    pub fixed: Vec<Fixed>,
    /// Told what the workspace's file states that is in force, at the start and after each change.
    pub apply: Arc<Apply>,
}

impl std::fmt::Debug for SettingsPorts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SettingsPorts").field("fixed", &self.fixed).finish_non_exhaustive()
    }
}

/// All settings of a workspace; cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct SettingsStore(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    folder: PathBuf,
    layouts: Layouts,
    tree: Arc<Tree>,
    events: Events,
    ports: SettingsPorts,
    /// One change at a time; holds what the workspace's file was last seen to state.
    seen: Mutex<Option<Stated>>,
}

impl SettingsStore {
    /// Opens the folder of people's own, making it where it is missing.
    pub(crate) fn folder(state: &Path) -> io::Result<PathBuf> {
        let folder = state.join("settings");
        folders::make_private(&folder)?;
        Ok(folder)
    }

    pub(crate) fn new(
        folder: PathBuf,
        layouts: Layouts,
        tree: Arc<Tree>,
        events: Events,
        ports: SettingsPorts,
    ) -> Self {
        Self(Arc::new(Inner { folder, layouts, tree, events, ports, seen: Mutex::default() }))
    }

    /// Answers the calls of `protocol::settings`.
    pub(crate) fn register(&self, router: &mut Router) {
        router
            .with(self)
            .on(|store, context, _: LoadSettings| async move {
                Ok(blocking(move || store.load(&context.principal)).await?)
            })
            .on(|store, context, call: ChangeOwnSettings| async move {
                blocking(move || store.change_own(&context.principal, &call.change)).await
            })
            .on(|store, _, call: ChangeWorkspaceSettings| async move {
                blocking(move || store.change_workspace(&call.change)).await
            });
    }

    /// Follows the decisions about the folder for as long as the workspace is open.
    pub(crate) async fn follow_trust(self) {
        let mut decisions = self.0.ports.trust.subscribe();
        loop {
            let store = self.clone();
            blocking(move || store.look()).await;
            if decisions.changed().await.is_err() {
                return;
            }
        }
    }

    /// Looks whether the workspace's file states something else than before, and has it take effect.
    pub(crate) fn look(&self) {
        self.look_while(&mut self.seen());
    }

    fn look_while(&self, seen: &mut Option<Stated>) {
        let stated = match self.workspace_text() {
            Ok(text) => self.stated(text.unwrap_or_default()),
            Err(error) => {
                tracing::warn!(%error, "the workspace's settings cannot be read");
                Stated::default()
            }
        };
        if seen.as_ref() == Some(&stated) {
            return;
        }
        (self.0.ports.apply)(&stated.values);
        *seen = Some(stated);
        self.tell(None);
    }

    fn tell(&self, by: Option<&PersonId>) {
        self.0.events.publish(by, Event::Settings(settings::Event::Changed));
    }

    fn seen(&self) -> MutexGuard<'_, Option<Stated>> {
        self.0.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn load(&self, principal: &Principal) -> Result<Settings> {
        let mut seen = self.seen();
        self.look_while(&mut seen);
        Ok(Settings {
            user: stated::read(self.own_text(principal)?, Layer::User, true),
            workspace: seen.clone().unwrap_or_default(),
            fixed: self.0.ports.fixed.clone(),
        })
    }

    fn stated(&self, text: String) -> Stated {
        let trusted = self.0.ports.trust.grant("A setting").is_ok();
        stated::read(text, Layer::Workspace, trusted)
    }

    fn change_own(&self, principal: &Principal, change: &Change) -> Result<(), CallError> {
        let _one = self.seen();
        let before = self.own_text(principal)?;
        let text = changed(&before, change, Layer::User, "your settings")?;
        let place = self.place(&principal.person.id);
        write(&place, text.as_bytes())
            .and_then(|()| File::open(&self.0.folder)?.sync_all())
            .records("write")?;
        self.tell(Some(&principal.person.id));
        Ok(())
    }

    fn change_workspace(&self, change: &Change) -> Result<(), CallError> {
        let mut seen = self.seen();
        let before = self.workspace_text()?;
        if before.is_some() && matches!(change, Change::Begin) {
            return Ok(());
        }
        let text = changed(&before.unwrap_or_default(), change, Layer::Workspace, FILE)?;
        self.0.tree.replace("save", &file(), text.as_bytes(), None)?;
        self.look_while(&mut seen);
        Ok(())
    }

    fn place(&self, person: &PersonId) -> PathBuf {
        self.0.folder.join(format!("{}.json", hex::encode(Sha256::digest(&person.0))))
    }

    fn own_text(&self, principal: &Principal) -> Result<String> {
        match fs::read(self.place(&principal.person.id)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(self.of_before(principal)),
            text => Ok(String::from_utf8_lossy(&text.records("read")?).into_owned()),
        }
    }

    /// What was chosen before there were settings: the layout held it.
    fn of_before(&self, principal: &Principal) -> String {
        let layout = self.0.layouts.load(principal).ok().flatten().map(|layout| layout.0).unwrap_or_default();
        let theme = layout.get("theme").filter(|theme| theme.is_string()).cloned();
        let keys = layout.get("ide-keys-in-terminals").and_then(Value::as_bool).filter(|ide| *ide);
        let chosen = [
            ("workbench.colorTheme", theme),
            ("terminal.integrated.sendKeybindingsToShell", keys.map(|ide| Value::Bool(!ide))),
        ];
        chosen.into_iter().fold(String::new(), |text, (id, value)| match value {
            Some(value) => jsonc::with(&text, id, Some(&value)).unwrap_or(text),
            None => text,
        })
    }

    /// What the workspace's file says; none where there is none.
    fn workspace_text(&self) -> Result<Option<String>> {
        match self.0.tree.read("read", &file(), MAX_SETTINGS as u64) {
            Ok(contents) => Ok(Some(String::from_utf8_lossy(&contents.bytes).into_owned())),
            Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// The folder of the workspace's file.
pub(crate) fn folder() -> WorkspacePath {
    file().parent().unwrap_or_default()
}

fn file() -> WorkspacePath {
    WorkspacePath::parse(FILE).unwrap_or_default()
}

/// A layer's text after a change.
fn changed(text: &str, change: &Change, layer: Layer, what: &str) -> Result<String, CallError> {
    // What cannot be changed the page says itself, before the reason.
    let refused = |code, why: &Why| {
        Err(CallError::saying(code, Said { message: format!("Cannot change {what}: {why}."), ..why.said() }))
    };
    let new = match change {
        Change::Begin if text.is_empty() => "{\n}\n".to_owned(),
        Change::Begin => text.to_owned(),
        Change::Text(text) => text.clone(),
        Change::Value { id, value } => {
            let value = Some(value).filter(|value| !value.is_null());
            if let Some((_, why)) = value.and_then(|value| stated::fault(id, value, layer)) {
                return refused(ErrorCode::Invalid, &why);
            }
            match jsonc::with(text, id, value) {
                Ok(text) => text,
                Err(fault) => {
                    let (line, cause) = (jsonc::line(text, fault.at), &fault.reason);
                    let words = format!("line {line} of it cannot be read, {cause}; mend it as text first");
                    let reason = ("reason", cause.to_string());
                    let why = Why::with("settings-unreadable", words, [("line", line.to_string()), reason]);
                    return refused(ErrorCode::Conflict, &why.led_to_by(cause));
                }
            }
        }
    };
    if new.len() > MAX_SETTINGS {
        let most = MAX_SETTINGS / 1024;
        let words = format!("it would be larger than {most} KiB");
        return refused(ErrorCode::Limit, &Why::with("settings-large", words, [("most", most.to_string())]));
    }
    Ok(new)
}

#[cfg(test)]
mod tests;
