//! Settings: what the person and the workspace state, as the agent knows it; what is in force of it, and who follows it.

use std::rc::Rc;

use protocol::settings::{
    Change, ChangeOwnSettings, ChangeWorkspaceSettings, Event, Layer, LoadSettings, Setting,
    Settings as Layers, Stated,
};
use serde_json::{Map, Value};
use yew::prelude::*;

use crate::{
    bridge,
    desk::{Desk, Perform, use_state_of},
    json, keymap,
    messages::{self, say},
    state::Model,
};

pub mod schema;

/// All that is known of settings.
#[derive(Default)]
pub struct Settings {
    /// Both layers; none before the agent has said.
    pub layers: Option<Rc<Layers>>,
    /// Counts what may change what is drawn: keys and words.
    pub version: u64,
}

/// What happens.
#[derive(Clone, Debug, PartialEq)]
pub enum Message {
    /// A session began, or somebody changed something: ask.
    Ask,
    /// The agent's answer.
    Loaded(Box<Layers>),
    /// The person sets a setting; null takes it out of the layer.
    Set(Layer, String, Value),
    /// The person writes a layer's text.
    Write(Layer, String),
    /// Words came in another language.
    Translated,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Ask for both layers.
    Load,
    /// Have others follow what is in force now.
    Follow,
    /// Tell the agent of a change.
    Change(Layer, Change),
}

impl Model for Settings {
    type Message = Message;
    type Effect = Effect;

    fn update(&mut self, message: Message) -> Vec<Effect> {
        match message {
            Message::Ask => return vec![Effect::Load],
            Message::Loaded(layers) => {
                self.layers = Some(Rc::from(layers));
                self.version += 1;
                return vec![Effect::Follow];
            }
            Message::Set(layer, id, value) => {
                // At once for who sets it; the agent's own account follows.
                let layers = Rc::make_mut(self.layers.get_or_insert_default());
                let stated = stated_mut(layers, layer);
                if value.is_null() {
                    stated.values.remove(&id);
                } else {
                    stated.values.insert(id.clone(), value.clone());
                }
                self.version += 1;
                return vec![Effect::Follow, Effect::Change(layer, Change::Value { id, value })];
            }
            Message::Write(layer, text) => return vec![Effect::Change(layer, Change::Text(text))],
            Message::Translated => self.version += 1,
        }
        Vec::new()
    }
}

impl Settings {
    /// What a layer states.
    pub fn stated(&self, layer: Layer) -> Option<&Stated> {
        let layers = self.layers.as_deref()?;
        Some(if layer == Layer::User { &layers.user } else { &layers.workspace })
    }

    /// The layer whose value of a setting is in force; none where it is the usual one.
    pub fn layer_of(&self, id: &str) -> Option<Layer> {
        let states = |layer: &Layer| self.stated(*layer).is_some_and(|stated| stated.values.contains_key(id));
        [Layer::Workspace, Layer::User].into_iter().find(states)
    }

    /// What a setting is.
    pub fn value(&self, id: &str) -> Value {
        let stated = self.layer_of(id).and_then(|layer| self.stated(layer)?.values.get(id).cloned());
        stated.or_else(|| Setting::of(id).map(|setting| setting.kind.usual())).unwrap_or_default()
    }

    /// What a setting is that is a text or a choice.
    pub fn text(&self, id: &str) -> String {
        self.value(id).as_str().unwrap_or_default().to_owned()
    }

    /// What a setting is that is on or off.
    pub fn flag(&self, id: &str) -> bool {
        self.value(id).as_bool().unwrap_or_default()
    }

    /// What a setting is that is a number.
    pub fn number(&self, id: &str) -> f64 {
        self.value(id).as_f64().unwrap_or_default()
    }

    /// All that is stated and in force.
    fn in_force(&self) -> Map<String, Value> {
        let Some(layers) = &self.layers else { return Map::new() };
        let mut all = layers.user.values.clone();
        all.extend(layers.workspace.values.clone());
        all
    }
}

fn stated_mut(layers: &mut Layers, layer: Layer) -> &mut Stated {
    if layer == Layer::User { &mut layers.user } else { &mut layers.workspace }
}

impl Perform for Settings {
    fn perform(desk: &Desk, effect: Effect) {
        match effect {
            Effect::Load => desk.ask(LoadSettings {}, |desk, outcome| {
                desk.said(say!("settings.not-loaded"), &outcome);
                if let Ok(layers) = outcome {
                    desk.tell::<Self>(Message::Loaded(Box::new(layers)));
                }
            }),
            Effect::Follow => follow(desk),
            // What was not changed is shown as it is.
            Effect::Change(Layer::User, change) => {
                desk.ask(ChangeOwnSettings { change }, |desk, outcome| changed(desk, &outcome));
            }
            Effect::Change(Layer::Workspace, change) => {
                desk.ask(ChangeWorkspaceSettings { change }, |desk, outcome| changed(desk, &outcome));
            }
        }
    }
}

fn changed(desk: &Desk, outcome: &Result<(), protocol::CallError>) {
    desk.said(say!("settings.not-changed"), outcome);
    if outcome.is_err() {
        desk.tell::<Settings>(Message::Ask);
    }
}

/// Has the keys, the words and the bridge's islands follow what is in force.
fn follow(desk: &Desk) {
    let (all, keys, locale) = desk.read(|settings: &Settings| {
        (settings.in_force(), settings.value("keybindings"), settings.text("locale"))
    });
    keymap::put_in_force(&keys);
    bridge::configure(&json::text(&Value::Object(all)));
    messages::follow(desk, &locale);
}

/// Takes the agent's event.
pub fn hear(desk: &Desk, event: Event) {
    match event {
        Event::Changed => desk.tell::<Settings>(Message::Ask),
    }
}

/// Draws a component again when keys or words change.
#[hook]
pub fn use_keymap() {
    use_state_of::<Settings, _, _>(|settings| settings.version);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn layers(user: Value, workspace: Value) -> Layers {
        let stated = |values: Value| Stated {
            values: values.as_object().cloned().unwrap_or_default(),
            ..Stated::default()
        };
        Layers { user: stated(user), workspace: stated(workspace), fixed: Vec::new() }
    }

    #[test]
    fn the_workspace_wins_over_the_person_and_both_over_the_usual() {
        let mut settings = Settings::default();
        assert_eq!((settings.number("editor.fontSize"), settings.flag("editor.insertSpaces")), (13.0, true));
        let stated =
            layers(json!({"editor.fontSize": 15, "editor.tabSize": 2}), json!({"editor.tabSize": 8}));
        assert_eq!(settings.update(Message::Loaded(Box::new(stated))), [Effect::Follow]);
        let of = |id| (settings.number(id), settings.layer_of(id));
        assert_eq!(of("editor.fontSize"), (15.0, Some(Layer::User)));
        assert_eq!(of("editor.tabSize"), (8.0, Some(Layer::Workspace)));
        assert_eq!(settings.text("workbench.colorTheme"), "system");
        assert_eq!(settings.value("no.such"), Value::Null);
    }

    #[test]
    fn what_is_set_is_so_at_once_and_told() {
        let mut settings = Settings::default();
        let set = |value: Value| Message::Set(Layer::User, "editor.wordWrap".into(), value);
        let told = |value: Value| Change::Value { id: "editor.wordWrap".into(), value };
        let effects = settings.update(set("on".into()));
        assert_eq!(effects, [Effect::Follow, Effect::Change(Layer::User, told("on".into()))]);
        assert_eq!(settings.text("editor.wordWrap"), "on");
        settings.update(set(Value::Null));
        assert_eq!((settings.text("editor.wordWrap").as_str(), settings.version), ("off", 2));
    }
}
