//! The form of settings, drawn: one control for each kind.

use std::rc::Rc;

use protocol::{
    Capability,
    settings::{Kind, Layer, Reason, Setting, Settings as Layers, Stated},
};
use serde_json::Value;
use web_sys::{HtmlInputElement, HtmlSelectElement};
use widgets::{Icon, IconButton};
use yew::prelude::*;

use crate::{
    commands,
    desk::{Desk, use_desk, use_state_of},
    json,
    messages::say,
    panels::settings::model::{fitting, group, number, title},
    state::{
        settings::{self, Settings, schema::description},
        workspace::Workspace,
    },
};

/// The page of settings.
#[component]
pub fn SettingsPage() -> Html {
    let desk = use_desk();
    let (query, layer) = (use_state_eq(String::new), use_state_eq(|| Layer::User));
    let layers = use_state_of::<Settings, _, _>(|settings| settings.layers.clone()).unwrap_or_default();
    let may_edit = use_state_of::<Workspace, _, _>(|workspace| workspace.may(Capability::Files.write()));
    let oninput = {
        let query = query.clone();
        Callback::from(move |event: InputEvent| {
            query.set(event.target_unchecked_into::<HtmlInputElement>().value());
        })
    };
    let choose = |this: Layer, name: &'static str| {
        let layer = layer.clone();
        let pressed = (*layer == this).to_string();
        let onclick = Callback::from(move |_: MouseEvent| layer.set(this));
        html! { <button type="button" aria-pressed={pressed} {onclick}>{ name }</button> }
    };
    let json = match *layer {
        Layer::User => "workbench.action.openSettingsJson",
        Layer::Workspace => "workbench.action.openWorkspaceSettingsFile",
    };
    let found = fitting(*layer, &query);
    let mut last = "";
    html! {
        <div class="page settings">
            <header class="page-head">
                <input type="search" aria-label={say!("settings.search")} placeholder={say!("settings.search")}
                    autocomplete="off" spellcheck="false" value={(*query).clone()} {oninput} />
                <div class="choice" role="group" aria-label={say!("settings.layer")}>
                    { choose(Layer::User, say!("settings.user")) }
                    { choose(Layer::Workspace, say!("settings.workspace")) }
                </div>
                <IconButton icon="braces" label={say!("settings.json")} onclick={runs(&desk, json)} />
                <IconButton icon="keyboard" label={say!("keys.title")} hint={commands::keys("workbench.action.openGlobalKeybindings")}
                    onclick={runs(&desk, "workbench.action.openGlobalKeybindings")} />
            </header>
            { faults(stated(&layers, *layer)) }
            if found.is_empty() { <p class="empty" role="status">{ say!("settings.none") }</p> }
            { for found.into_iter().map(|setting| {
                let group = group(setting.id);
                let begins = std::mem::replace(&mut last, group) != group;
                let (layer, layers) = (*layer, Rc::clone(&layers));
                let locked = layer == Layer::Workspace && !may_edit;
                html! {
                    <>
                        if begins { <h2>{ group }</h2> }
                        <Row key={setting.id} {setting} {layer} {layers} {locked} />
                    </>
                }
            }) }
        </div>
    }
}

fn stated(layers: &Layers, layer: Layer) -> &Stated {
    if layer == Layer::User { &layers.user } else { &layers.workspace }
}

fn runs(desk: &Desk, id: &'static str) -> Callback<MouseEvent> {
    let desk = desk.clone();
    Callback::from(move |_| {
        commands::run(&desk, id);
    })
}

fn faults(stated: &Stated) -> Html {
    let faults: Vec<_> = stated.faults.iter().filter(|fault| fault.reason != Reason::Untrusted).collect();
    if faults.is_empty() {
        return Html::default();
    }
    html! {
        <div class="page-faults" role="status">
            <p><Icon name="triangle-alert" />{ say!("settings.faults", count = faults.len()) }</p>
            <ul>
                { for faults.iter().take(20).map(|fault| html! {
                    <li>{ say!("settings.fault", line = fault.line, message = fault.message) }</li>
                }) }
            </ul>
        </div>
    }
}

#[derive(Properties)]
struct RowProps {
    setting: &'static Setting,
    layer: Layer,
    layers: Rc<Layers>,
    /// Whether the person may not change this layer.
    locked: bool,
}

impl PartialEq for RowProps {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.setting, other.setting)
            && (self.layer, self.locked) == (other.layer, other.locked)
            && Rc::ptr_eq(&self.layers, &other.layers)
    }
}

/// A setting: what it is, its control, and where its value comes from.
#[component]
fn Row(props: &RowProps) -> Html {
    let desk = use_desk();
    let RowProps { setting, layer, ref layers, locked } = *props;
    let id = setting.id;
    let own = stated(layers, layer).values.get(id);
    let below = (layer == Layer::Workspace).then(|| layers.user.values.get(id)).flatten();
    let value = own.or(below).cloned().unwrap_or_else(|| setting.kind.usual());
    let set = desk.teller::<Settings, Value>(move |value| settings::Message::Set(layer, id.into(), value));
    let reset = set.reform(|_: MouseEvent| Value::Null);
    let origin = match (own.is_some(), below.is_some(), layer) {
        (true, _, Layer::Workspace) => say!("settings.from-workspace"),
        (true, _, Layer::User) | (false, true, _) => say!("settings.from-user"),
        (false, false, _) => say!("settings.usual"),
    };
    let over = (layer == Layer::User).then(|| layers.workspace.values.get(id)).flatten();
    let fixed = layers.fixed.iter().find(|fixed| fixed.id == id);
    let untrusted =
        stated(layers, layer).faults.iter().any(|fault| fault.id == id && fault.reason == Reason::Untrusted);
    let (name, about) = (title(id), format!("about-{id}"));
    html! {
        <div class={classes!("setting", own.is_some().then_some("stated"))}>
            <h3 id={format!("name-{id}")}>{ &name }</h3>
            <p id={about.clone()}>{ description(id) }</p>
            <div class="setting-row">
                { control(&desk, setting, &value, &set, locked) }
                <span class="origin">{ origin }</span>
                if own.is_some() && !locked {
                    <IconButton icon="rotate-ccw" label={say!("settings.reset", name = name)} onclick={reset} />
                }
            </div>
            if let Some(value) = over {
                <p class="note"><Icon name="triangle-alert" />{ say!("settings.over", value = *value) }</p>
            }
            if let Some(fixed) = fixed {
                <p class="note"><Icon name="triangle-alert" />{ say!("settings.fixed", by = fixed.by, value = fixed.value) }</p>
            }
            if untrusted {
                <p class="note"><Icon name="triangle-alert" />{ say!("settings.untrusted") }</p>
            }
        </div>
    }
}

/// The control of a setting's kind.
fn control(desk: &Desk, setting: &Setting, value: &Value, set: &Callback<Value>, locked: bool) -> Html {
    let (kind, set) = (setting.kind, set.clone());
    let named = Some(format!("name-{}", setting.id));
    let about = Some(format!("about-{}", setting.id));
    let text = value.as_str().map_or_else(|| json::text(value), ToOwned::to_owned);
    if kind == Kind::List {
        let onclick = runs(desk, "workbench.action.openGlobalKeybindings");
        return html! { <button type="button" class="link" {onclick}>{ say!("settings.keys") }</button> };
    }
    if let Kind::Choice(words) = kind {
        let onchange = Callback::from(move |event: Event| {
            set.emit(event.target_unchecked_into::<HtmlSelectElement>().value().into());
        });
        return html! {
            <select aria-labelledby={named} aria-describedby={about} disabled={locked} {onchange}>
                { for words.iter().map(|word| html! { <option value={*word} selected={**word == text}>{ *word }</option> }) }
            </select>
        };
    }
    let (input, limits) = match kind {
        Kind::Flag(_) => ("checkbox", None),
        Kind::Number(_, least, most) => ("number", Some((least.to_string(), most.to_string()))),
        _ => ("text", None),
    };
    let (least, most) = limits.unzip();
    let before = text.clone();
    let onchange = Callback::from(move |event: Event| {
        let input = event.target_unchecked_into::<HtmlInputElement>();
        let value = match kind {
            Kind::Flag(_) => Some(input.checked().into()),
            Kind::Number(..) => number(kind, &input.value()),
            _ => Some(input.value().into()),
        };
        match value {
            Some(value) => set.emit(value),
            // What is no number is not taken.
            None => input.set_value(&before),
        }
    });
    html! {
        <input type={input} min={least} max={most} aria-labelledby={named} aria-describedby={about} disabled={locked}
            autocomplete="off" spellcheck="false" checked={value.as_bool().unwrap_or_default()}
            value={(input != "checkbox").then_some(text)} {onchange} />
    }
}
