//! A store on a folder of its own, from what is stated to what takes effect.

use std::sync::Mutex as StdMutex;

use ide_core::{
    Sessions,
    somebody::{somebody, workspace},
};
use protocol::Grants;
use protocol::settings::{Reason, SETTINGS, Setting};
use serde_json::json;

use super::*;

/// A store on a folder, and what took effect of the workspace's.
struct Bench {
    place: tempfile::TempDir,
    store: SettingsStore,
    trust: Trust,
    applied: Arc<StdMutex<Vec<Value>>>,
}

fn owner(name: &str) -> Principal {
    somebody(name, Grants::owner())
}

impl Bench {
    fn new() -> Self {
        let place = tempfile::tempdir().unwrap();
        fs::create_dir(place.path().join("root")).unwrap();
        let applied = Arc::new(StdMutex::new(Vec::new()));
        let (seen, trust) = (Arc::clone(&applied), Trust::new(false));
        let ports = SettingsPorts {
            trust: trust.clone(),
            fixed: Vec::new(),
            apply: Arc::new(move |values| seen.lock().unwrap().push(Value::Object(values.clone()))),
        };
        let state = place.path().join("state");
        let store = SettingsStore::new(
            SettingsStore::folder(&state).unwrap(),
            Layouts::open(&state).unwrap(),
            Arc::new(Tree::open(&place.path().join("root")).unwrap()),
            Events::new(workspace(), Sessions::new()),
            ports,
        );
        Self { place, store, trust, applied }
    }

    fn file(&self) -> PathBuf {
        self.place.path().join("root").join(FILE)
    }

    fn set(&self, layer: Layer, id: &str, value: Value) -> Result<(), ErrorCode> {
        let change = Change::Value { id: id.into(), value };
        let done = match layer {
            Layer::User => self.store.change_own(&owner("ann"), &change),
            Layer::Workspace => self.store.change_workspace(&change),
        };
        done.map_err(|error| error.code)
    }

    fn values(&self, layer: Layer) -> Value {
        let loaded = self.store.load(&owner("ann")).unwrap();
        Value::Object(if layer == Layer::User { loaded.user } else { loaded.workspace }.values)
    }
}

#[test]
fn each_setting_has_a_usual_value_of_its_kind() {
    for setting in SETTINGS {
        let layer = if setting.may_be_in(Layer::User) { Layer::User } else { Layer::Workspace };
        assert!(stated::fault(setting.id, &setting.kind.usual(), layer).is_none(), "{}", setting.id);
        assert_eq!(Setting::of(setting.id).map(|found| found.id), Some(setting.id));
    }
}

#[test]
fn what_a_person_changes_is_theirs_and_stays() {
    let bench = Bench::new();
    assert_eq!(bench.values(Layer::User), json!({}));
    bench.set(Layer::User, "editor.tabSize", json!(2)).unwrap();
    bench.set(Layer::User, "editor.wordWrap", json!("on")).unwrap();
    bench.set(Layer::User, "editor.tabSize", Value::Null).unwrap();
    assert_eq!(bench.values(Layer::User), json!({"editor.wordWrap": "on"}));
    assert_eq!(bench.store.load(&owner("bob")).unwrap().user, Stated::default());
    let text = "{ // mine\n \"editor.wordWrap\": \"on\",\n".to_owned();
    bench.store.change_own(&owner("ann"), &Change::Text(text.clone())).unwrap();
    let loaded = bench.store.load(&owner("ann")).unwrap().user;
    assert_eq!((loaded.text, loaded.values.len(), loaded.faults[0].line), (text, 0, 3));
    let change = Change::Value { id: "editor.tabSize".into(), value: json!(2) };
    let error = bench.store.change_own(&owner("ann"), &change).unwrap_err();
    let reason = error.reason.unwrap();
    assert_eq!((error.code, reason.name.as_str()), (ErrorCode::Conflict, "settings-unreadable"));
    assert_eq!(reason.cause.map(|cause| cause.name).as_deref(), Some("settings-no-text"));
    let large = Change::Text("x".repeat(MAX_SETTINGS + 1));
    assert_eq!(bench.store.change_own(&owner("ann"), &large).unwrap_err().code, ErrorCode::Limit);
}

#[test]
fn what_was_chosen_before_there_were_settings_is_kept() {
    let bench = Bench::new();
    let layout = json!({"theme": "light", "ide-keys-in-terminals": true});
    bench.store.0.layouts.save(&owner("ann").person.id, layout.to_string().as_bytes()).unwrap();
    let expected = json!({
        "workbench.colorTheme": "light", "terminal.integrated.sendKeybindingsToShell": false,
    });
    assert_eq!(bench.values(Layer::User), expected);
    bench.set(Layer::User, "workbench.colorTheme", json!("dark")).unwrap();
    assert_eq!(bench.values(Layer::User)["workbench.colorTheme"], "dark");
}

#[test]
fn a_setting_that_cannot_be_is_refused() {
    let bench = Bench::new();
    let check = |layer, id, value| {
        assert_eq!(bench.set(layer, id, value), Err(ErrorCode::Invalid), "{id}");
    };
    check(Layer::User, "editor.tabSize", json!(0));
    check(Layer::User, "editor.tabSize", json!(2.5));
    check(Layer::User, "editor.tabSize", json!("2"));
    check(Layer::User, "editor.wordWrap", json!("maybe"));
    check(Layer::User, "editor.formatOnSave", json!(1));
    check(Layer::User, "cloud.permissions", json!("off"));
    check(Layer::Workspace, "keybindings", json!([]));
    check(Layer::User, "no.such", json!(1));
    assert!(!bench.file().exists());
}

#[test]
fn the_workspaces_file_takes_effect_where_it_may() {
    let bench = Bench::new();
    bench.set(Layer::Workspace, "cloud.permissions", json!("enforce")).unwrap();
    assert_eq!(fs::read_to_string(bench.file()).unwrap(), "{\n    \"cloud.permissions\": \"enforce\"\n}\n");
    let faults = bench.store.load(&owner("ann")).unwrap().workspace.faults;
    assert_eq!((faults[0].line, faults[0].reason), (2, Reason::Untrusted));
    assert_eq!(faults[0].reasons.get("message").map(|why| why.name.as_str()), Some("settings-untrusted"));
    bench.trust.set(true);
    assert_eq!(bench.values(Layer::Workspace), json!({"cloud.permissions": "enforce"}));
    fs::write(bench.file(), "{\"cloud.permissions\": \"off\", \"x\": 1, \"locale\": \"ko\"}").unwrap();
    bench.store.look();
    let loaded = bench.store.load(&owner("ann")).unwrap().workspace;
    let reasons: Vec<_> = loaded.faults.iter().map(|fault| fault.reason).collect();
    assert_eq!(reasons, [Reason::Unknown, Reason::Layer]);
    fs::write(bench.file(), "{").unwrap();
    bench.store.look();
    bench.store.look();
    fs::remove_file(bench.file()).unwrap();
    bench.store.look();
    bench.store.change_workspace(&Change::Begin).unwrap();
    assert_eq!(fs::read_to_string(bench.file()).unwrap(), "{\n}\n");
    let permissions = |value: &Value| value.get("cloud.permissions").cloned().unwrap_or_default();
    let applied: Vec<_> = bench.applied.lock().unwrap().iter().map(permissions).collect();
    let expected = [Value::Null, json!("enforce"), json!("off"), Value::Null, Value::Null, Value::Null];
    assert_eq!(applied[..expected.len()], expected);
}
