//! The search, drawn: what is written, how it goes, and what was found.

use protocol::search::{FoundText, MAX_MATCHES, MAX_SEARCHED};
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlInputElement};
use widgets::{Icon, IconButton, use_effect_with};
use yew::prelude::*;

use crate::{
    desk::{Desk, use_desk, use_state_of},
    messages::{Text, message, say},
    panels::search::{
        model::{Keyboard, Message, Search, form::Switch},
        replacing::{Came, ReplaceField, use_may_edit},
        rows::{Found, ID},
    },
    state::search::{self, Wishes},
    text::bytes,
};

/// The search in files.
#[component]
pub fn Find() -> Html {
    let (desk, field) = (use_desk(), use_node_ref());
    use_wishes(&field);
    use_effect_with((), move |()| desk.tell::<Search>(Message::Opened));
    html! {
        <>
            <Head />
            <Form {field} />
            <Status />
            <Came />
            <Found />
        </>
    }
}

/// Takes in what is wanted from elsewhere, and goes to the field, unless the person has gone on meanwhile.
#[hook]
fn use_wishes(field: &NodeRef) {
    let (desk, field) = (use_desk(), field.clone());
    let wish = use_state_of::<Wishes, _, _>(|wishes| wishes.newest.clone());
    use_effect_with(wish, move |wish| {
        let Some((wish, asked)) = wish.clone() else { return };
        desk.tell::<Wishes>(search::Message::Taken);
        desk.tell::<Search>(Message::Wish(wish));
        if let Some(field) = field.cast::<HtmlInputElement>().filter(|_| asked.is_now()) {
            // At once: a value that is drawn later would take the selection away.
            field.set_value(&desk.read(|search: &Search| search.form.pattern.clone()));
            let _ = field.focus();
            field.select();
        }
    });
}

/// Goes to the next result, or the one before: the keyboard follows, unless it is in the tree.
pub fn step(desk: &Desk, forwards: bool) {
    let focused = web_sys::window().and_then(|window| window.document()?.active_element());
    let in_tree = focused.is_some_and(|element| element.id() == ID);
    let keyboard = if in_tree { Keyboard::Stays } else { Keyboard::Moves };
    desk.tell::<Search>(Message::Step { forwards, keyboard });
}

#[component]
fn Head() -> Html {
    let desk = use_desk();
    let act = |message: Message| desk.teller::<Search, MouseEvent>(move |_| message.clone());
    let searched = use_state_of::<Search, _, _>(Search::has_searched);
    html! {
        <header class="pane-head">
            <h2>{ say!("view.search") }</h2>
            <IconButton icon="file-text" label={say!("search.as-text")} disabled={!searched} onclick={act(Message::ShowText)} />
            <IconButton icon="eraser" label={say!("search.clear")} onclick={act(Message::Clear)} />
            <IconButton icon="copy-minus" label={say!("files.collapse")} onclick={act(Message::CollapseAll)} />
        </header>
    }
}

#[derive(Properties, PartialEq)]
struct FormProps {
    /// Where what is looked for is written.
    field: NodeRef,
}

#[component]
fn Form(props: &FormProps) -> Html {
    let desk = use_desk();
    let form = use_state_of::<Search, _, _>(|search| search.form.clone());
    let trouble = use_state_of::<Search, _, _>(|search| search.trouble.clone());
    let may_edit = use_may_edit();
    let replaces = form.is(Switch::Replace) && may_edit;
    let toggle = |icon: &'static str, label: Text, switch: Switch| {
        let onclick = desk.teller::<Search, MouseEvent>(move |_| Message::Turn(switch));
        html! { <IconButton {icon} label={label.said()} pressed={form.is(switch)} {onclick} /> }
    };
    let onclick = desk.teller::<Search, MouseEvent>(|_| Message::Turn(Switch::Replace));
    html! {
        <div class="search-form">
            <div class="search-row">
                if may_edit {
                    <button type="button" class="icon-button" aria-label={say!("search.toggle-replace")} title={say!("search.toggle-replace")}
                        aria-expanded={replaces.to_string()} {onclick}>
                        <Icon name="chevron-right" class={classes!("twisty", replaces.then_some("open"))} />
                    </button>
                }
                <input ref={props.field.clone()} aria-label={say!("view.search")} placeholder={say!("view.search")} autocomplete="off" spellcheck="false"
                    aria-invalid={trouble.is_some().then_some("true")} aria-describedby={trouble.is_some().then_some("search-trouble")}
                    value={form.pattern.clone()} oninput={written(&desk, Message::Pattern)} onkeydown={on_key(&desk)} />
                { toggle("case-sensitive", message!("search.case"), Switch::Case) }
                { toggle("whole-word", message!("search.word"), Switch::Word) }
                { toggle("regex", message!("search.regex"), Switch::Regex) }
            </div>
            if let Some(trouble) = trouble {
                <p id="search-trouble" class="is-error" role="alert">{ trouble }</p>
            }
            if replaces {
                <ReplaceField />
            }
            <div class="search-row">
                { details(&desk, form.is(Switch::Details)) }
                { toggle("eye", message!("search.ignored"), Switch::Ignored) }
                { toggle("files", message!("search.open-only"), Switch::Open) }
            </div>
            if form.is(Switch::Details) {
                { globs(&desk, message!("search.include"), "src/**, *.rs", &form.include, Message::Include) }
                { globs(&desk, message!("search.exclude"), "target, *.lock", &form.exclude, Message::Exclude) }
            }
        </div>
    }
}

/// The button that shows the fields of globs, or folds them away.
fn details(desk: &Desk, open: bool) -> Html {
    let onclick = desk.teller::<Search, MouseEvent>(|_| Message::Turn(Switch::Details));
    html! {
        <button type="button" class="quiet search-details" aria-expanded={open.to_string()} {onclick}>
            <Icon name="chevron-right" class={classes!("twisty", open.then_some("open"))} />
            { say!("search.details") }
        </button>
    }
}

/// A field of globs.
fn globs(
    desk: &Desk,
    label: Text,
    example: &'static str,
    value: &str,
    message: fn(String) -> Message,
) -> Html {
    html! {
        <label class="field">
            <span>{ label.said() }</span>
            <input placeholder={example} autocomplete="off" spellcheck="false" value={value.to_owned()}
                oninput={written(desk, message)} onkeydown={on_enter(desk)} />
        </label>
    }
}

fn written(desk: &Desk, message: fn(String) -> Message) -> Callback<InputEvent> {
    desk.teller::<Search, InputEvent>(move |event| {
        message(event.target_unchecked_into::<HtmlInputElement>().value())
    })
}

fn on_enter(desk: &Desk) -> Callback<KeyboardEvent> {
    let desk = desk.clone();
    Callback::from(move |event: KeyboardEvent| {
        if event.key() == "Enter" {
            desk.tell::<Search>(Message::Submit);
        }
    })
}

/// Enter searches, arrows walk through earlier searches, Ctrl+Down goes to what was found.
fn on_key(desk: &Desk) -> Callback<KeyboardEvent> {
    let desk = desk.clone();
    Callback::from(move |event: KeyboardEvent| {
        let held = event.ctrl_key() || event.meta_key();
        let message = match event.key().as_str() {
            "Enter" => Message::Submit,
            "ArrowDown" if held => {
                event.prevent_default();
                return focus_results();
            }
            key @ ("ArrowUp" | "ArrowDown") if !held && has_no_selection(&event) => {
                Message::Walk { back: key == "ArrowUp" }
            }
            _ => return,
        };
        event.prevent_default();
        desk.tell::<Search>(message);
    })
}

/// Whether nothing is selected in the field of an event.
fn has_no_selection(event: &KeyboardEvent) -> bool {
    let field: HtmlInputElement = event.target_unchecked_into();
    field.selection_start().ok().flatten() == field.selection_end().ok().flatten()
}

fn focus_results() {
    let tree = web_sys::window().and_then(|window| window.document()?.get_element_by_id(ID));
    if let Some(tree) = tree.and_then(|tree| tree.dyn_into::<HtmlElement>().ok()) {
        let _ = tree.focus();
    }
}

/// How it goes.
#[component]
fn Status() -> Html {
    let desk = use_desk();
    let text = use_state_of::<Search, _, _>(status);
    let (searching, replacing) =
        use_state_of::<Search, _, _>(|search| (search.is_searching(), search.progress().is_some()));
    let hint = use_state_of::<Search, _, _>(hint);
    let act = |message: Message| desk.teller::<Search, MouseEvent>(move |_| message.clone());
    html! {
        <>
            <div class={classes!("search-status", (text.is_empty()).then_some("nothing"))}>
                <p role="status">{ text }</p>
                if replacing {
                    <button type="button" onclick={act(Message::GiveUp)}>{ say!("button.cancel") }</button>
                } else if searching {
                    <button type="button" onclick={act(Message::Cancel)}>{ say!("search.cancel") }</button>
                }
            </div>
            if let Some(hint) = hint {
                <p class="empty">{ hint }</p>
            }
        </>
    }
}

/// What a search has found, or what is being replaced, in words.
fn status(search: &Search) -> AttrValue {
    if let Some((files, asked)) = search.progress() {
        return say!("search.replacing", done = asked, files = files);
    }
    if search.undoing {
        return say!("search.undoing").into();
    }
    let (matches, files) = search.results.count();
    if !search.has_searched() || search.trouble.is_some() {
        return AttrValue::default();
    }
    if search.is_searching() && matches == 0 {
        return say!("search.searching").into();
    }
    let mut said = if matches == 0 {
        say!("search.none").to_owned()
    } else {
        say!("search.count", matches = matches, files = files).to_string()
    };
    for more in notes(search.ended.as_ref(), search.stopped) {
        said = format!("{said}. {more}");
    }
    said.into()
}

/// What there is to say beside the number of results.
fn notes(ended: Option<&FoundText>, stopped: bool) -> Vec<AttrValue> {
    let mut notes = Vec::new();
    if stopped {
        notes.push(say!("search.stopped").into());
    }
    if ended.is_some_and(|ended| ended.more) {
        notes.push(say!("search.more", most = MAX_MATCHES));
    }
    if let Some(skipped) = ended.map(|ended| ended.skipped).filter(|skipped| *skipped > 0) {
        notes.push(say!("search.skipped", count = skipped, most = bytes(MAX_SEARCHED)));
    }
    notes
}

/// What one could do where nothing is shown.
fn hint(search: &Search) -> Option<&'static str> {
    if !search.has_searched() {
        return Some(say!("search.begin"));
    }
    let nothing = search.ended.as_ref().is_some_and(|ended| ended.matches == 0);
    let limited = search.searched().is_some_and(|asked| {
        asked.open || !asked.query.include.is_empty() || !asked.query.exclude.is_empty()
    });
    nothing.then(|| match (limited, search.form.is(Switch::Ignored)) {
        (true, _) => say!("search.none-limited"),
        (false, true) => say!("search.none-anywhere"),
        (false, false) => say!("search.none-ignored"),
    })
}
