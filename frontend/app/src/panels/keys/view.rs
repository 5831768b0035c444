//! The table of keys, drawn.

use protocol::settings::Layer;
use serde_json::Value;
use web_sys::HtmlInputElement;
use widgets::{Dialog, IconButton};
use yew::prelude::*;

use crate::{
    desk::{use_desk, use_state_of},
    json,
    keymap::{self, Press, shown},
    messages::{Text, message, say},
    panels::keys::model::{Row, conflicts, is_changed, keys_shown, pressed, rebound, removed, reset, rows},
    state::settings::{self, Settings, use_keymap},
};

/// The page of keys.
#[component]
pub fn KeysPage() -> Html {
    let desk = use_desk();
    use_keymap();
    let (query, asked) = (use_state_eq(String::new), use_state_eq(|| None::<Row>));
    let own = use_state_of::<Settings, _, _>(|settings| settings.value("keybindings"));
    let own: Vec<Value> = own.as_array().cloned().unwrap_or_default();
    let set = desk.teller::<Settings, Vec<Value>>(|rules| {
        settings::Message::Set(Layer::User, "keybindings".into(), Value::Array(rules))
    });
    let oninput = {
        let query = query.clone();
        Callback::from(move |event: InputEvent| {
            query.set(event.target_unchecked_into::<HtmlInputElement>().value());
        })
    };
    let keymap = keymap::in_force();
    let found = rows(&keymap, &query);
    let (close, take) = {
        let (asked, own, set) = (asked.clone(), own.clone(), set.clone());
        let close = Callback::from({
            let asked = asked.clone();
            move |()| asked.set(None)
        });
        let take = Callback::from(move |keys: String| {
            if let Some(row) = &*asked {
                set.emit(rebound(&own, &row.rule, &keys));
            }
            asked.set(None);
        });
        (close, take)
    };
    html! {
        <div class="page keys">
            <header class="page-head">
                <input type="search" aria-label={say!("keys.search")} placeholder={say!("keys.search")}
                    autocomplete="off" spellcheck="false" value={(*query).clone()} {oninput} />
            </header>
            if !keymap.faults.is_empty() {
                <div class="page-faults" role="status">
                    <p>{ say!("keys.faults", count = keymap.faults.len()) }</p>
                    <ul>{ for keymap.faults.iter().take(20).map(|(place, fault)| html! {
                        <li><code>{ own.get(*place).map(json::text) }</code>{ ": " }{ fault.said() }</li>
                    }) }</ul>
                </div>
            }
            if found.is_empty() {
                <p class="empty" role="status">{ say!("keys.none") }</p>
            } else {
                <table>
                    <thead><tr>
                        { for [say!("keys.command"), say!("keys.keys"), say!("keys.when"), say!("keys.source")].map(|name| html! { <th scope="col">{ name }</th> }) }
                        <th><span class="hidden">{ say!("keys.pressed") }</span></th>
                    </tr></thead>
                    <tbody>{ for found.into_iter().map(|row| draw(row, &own, &asked, &set)) }</tbody>
                </table>
            }
            if let Some(row) = &*asked {
                <Ask key={row.title} row={row.clone()} {close} {take} />
            }
        </div>
    }
}

fn draw(row: Row, own: &[Value], asked: &UseStateHandle<Option<Row>>, set: &Callback<Vec<Value>>) -> Html {
    let Row { title, rule } = &row;
    let button = |icon: &'static str, name: Text, rules: Vec<Value>| {
        let set = set.clone();
        let onclick = Callback::from(move |_: MouseEvent| set.emit(rules.clone()));
        html! { <IconButton {icon} label={name.with(&[("name", title)])} {onclick} /> }
    };
    let remove = (!rule.keys.is_empty()).then(|| button("x", message!("keys.remove"), removed(own, rule)));
    let undo = is_changed(own, &rule.command)
        .then(|| button("rotate-ccw", message!("keys.reset"), reset(own, &rule.command)));
    let (label, keys, when) = (say!("keys.change", name = *title), keys_shown(rule), rule.when.clone());
    let source = if rule.own { say!("keys.own") } else { say!("keys.usual") };
    let (id, title) = (rule.command.clone(), *title);
    let change = {
        let asked = asked.clone();
        Callback::from(move |_: MouseEvent| asked.set(Some(row.clone())))
    };
    html! {
        <tr ondblclick={change.clone()}>
            <td>{ title }<small>{ id }</small></td>
            <td><kbd>{ keys }</kbd></td>
            <td><code>{ when }</code></td>
            <td>{ source }</td>
            <td class="row-actions"><IconButton icon="pencil" {label} onclick={change} />{ remove }{ undo }</td>
        </tr>
    }
}

#[derive(Properties, PartialEq)]
struct AskProps {
    row: Row,
    close: Callback<()>,
    take: Callback<String>,
}

/// Asks for new keys by having them pressed.
#[component]
fn Ask(props: &AskProps) -> Html {
    let (keys, node) = (use_state_eq(String::new), use_node_ref());
    use_effect_with(node.clone(), |node| {
        if let Some(input) = node.cast::<HtmlInputElement>() {
            let _ = input.focus();
        }
    });
    let onkeydown = {
        let (keys, close, take) = (keys.clone(), props.close.clone(), props.take.clone());
        Callback::from(move |event: KeyboardEvent| {
            let (key, code) = (event.key(), event.code());
            let modifiers = [event.ctrl_key() || event.meta_key(), event.shift_key(), event.alt_key()];
            let press = Press { key: &key, code: &code, modifiers };
            // By Tab alone one leaves the field.
            if press.is_modifier() || (key == "Tab" && !modifiers[0] && !modifiers[2]) {
                return;
            }
            event.prevent_default();
            event.stop_propagation();
            match (key.as_str(), modifiers) {
                ("Escape", [false, false, false]) => close.emit(()),
                ("Enter", [false, false, false]) if !keys.is_empty() => take.emit((*keys).clone()),
                _ => keys.set(pressed(&keys, press)),
            }
        })
    };
    let others = conflicts(&keymap::in_force(), &props.row.rule, &keys);
    let conflict = (!keys.is_empty() && !others.is_empty()).then(|| others.join(", "));
    html! {
        <Dialog title={say!("keys.change", name = props.row.title)} on_close={props.close.clone()}>
            <p class="dialog-body">{ say!("keys.press") }</p>
            <label class="field">
                <span>{ say!("keys.pressed") }</span>
                <input ref={node} class="pressed-keys" data-takes-keys="" readonly={true} value={shown(&keys)} {onkeydown} />
            </label>
            <p class="dialog-body" role="status">
                if let Some(commands) = conflict { { say!("keys.conflict", commands = commands) } }
            </p>
        </Dialog>
    }
}
