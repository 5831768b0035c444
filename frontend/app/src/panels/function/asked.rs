//! What the pages of a function share: asking for what they show, doing what their forms say, and fields.

use std::{cell::Cell, rc::Rc};

use gloo_timers::callback::Interval;
use protocol::Call;
use web_sys::{HtmlInputElement, HtmlSelectElement};
use widgets::{Trouble, use_effect_with};
use yew::prelude::*;

use crate::{
    desk::{Desk, use_desk, use_state_of},
    messages::say,
    state::cloud::Cloud,
};

/// How often a page that is shown looks again, in milliseconds.
pub const AGAIN_MS: u32 = 3_000;

/// What was asked for: none before it came, else what it is or why it cannot be had.
pub type Seen<T> = Option<Result<Rc<T>, AttrValue>>;

/// What was asked for, or what is drawn where there is nothing to show of it.
pub fn arrived<T>(seen: Seen<T>, look: &Callback<()>) -> Result<Rc<T>, Html> {
    match seen {
        None => Err(html! { <p class="empty" role="status">{ say!("function.asking") }</p> }),
        Some(Err(reason)) => Err(html! { <Trouble {reason} on_retry={look.reform(|_: MouseEvent| ())} /> }),
        Some(Ok(seen)) => Ok(seen),
    }
}

/// Asks for something, again while it is shown and whenever the cloud changed; and what has it asked for at once. One question
/// is under way at a time.
#[hook]
pub fn use_asked<C>(shown: bool, call: impl Fn() -> C + 'static) -> (Seen<C::Reply>, Callback<()>)
where
    C: Call,
    C::Reply: PartialEq,
{
    let desk = use_desk();
    let seen = use_state_eq(|| Seen::None);
    let under_way = use_mut_ref(|| Rc::new(Cell::new(false)));
    let changed = use_state_of::<Cloud, _, _>(|cloud| cloud.described.clone());
    let look = {
        let (seen, under_way) = (seen.clone(), Rc::clone(&under_way.borrow()));
        Callback::from(move |()| {
            if under_way.replace(true) {
                return;
            }
            let (seen, under_way) = (seen.clone(), Rc::clone(&under_way));
            desk.ask(call(), move |_, outcome| {
                under_way.set(false);
                seen.set(Some(outcome.map(Rc::new).map_err(|error| error.message.into())));
            });
        })
    };
    {
        let look = look.clone();
        use_effect_with(changed, move |_| look.emit(()));
    }
    use_regularly(shown, look.clone());
    ((*seen).clone(), look)
}

/// Does something again and again while it is shown.
#[hook]
fn use_regularly(shown: bool, look: Callback<()>) {
    use_effect_with(shown, move |shown| {
        let timer = shown.then(|| Interval::new(AGAIN_MS, move || look.emit(())));
        move || drop(timer)
    });
}

/// What came of the last thing that was done: words for it, or the service's own for why not.
pub type Said = Option<Result<AttrValue, AttrValue>>;

/// Makes a call, says in `said` what came of it, and looks again.
pub fn act<C: Call>(
    desk: &Desk,
    call: C,
    said: &UseStateHandle<Said>,
    done: impl FnOnce(C::Reply) -> AttrValue + 'static,
    look: &Callback<()>,
) {
    let (said, look) = (said.clone(), look.clone());
    desk.ask(call, move |_, outcome| {
        said.set(Some(outcome.map(done).map_err(|error| error.message.into())));
        look.emit(());
    });
}

/// What came of it, drawn.
pub fn told(said: &Said) -> Html {
    match said {
        None => Html::default(),
        Some(Ok(text)) => html! { <p class="output-text" role="status">{ text }</p> },
        Some(Err(text)) => html! { <p class="output-text is-error" role="alert">{ text }</p> },
    }
}

/// A field for a text.
pub fn field(label: &'static str, value: &str, on: &Callback<String>) -> Html {
    let oninput = on.reform(|event: InputEvent| event.target_unchecked_into::<HtmlInputElement>().value());
    html! {
        <label class="field"><span>{ label }</span><input value={value.to_owned()} {oninput} autocomplete="off" spellcheck="false" /></label>
    }
}

/// A choice among texts, each with what is shown of it.
pub fn choice(
    label: &'static str,
    options: &[(AttrValue, AttrValue)],
    chosen: &str,
    on: &Callback<String>,
) -> Html {
    let onchange = on.reform(|event: Event| event.target_unchecked_into::<HtmlSelectElement>().value());
    html! {
        <label class="field"><span>{ label }</span>
            <select {onchange}>
                { for options.iter().map(|(value, shown)| html! {
                    <option value={value.clone()} selected={*value == chosen}>{ shown }</option>
                }) }
            </select>
        </label>
    }
}

/// Changes a member of what a form holds.
pub fn change<D: Clone + PartialEq + 'static, V: 'static>(
    draft: &UseStateHandle<D>,
    change: impl Fn(&mut D, V) + 'static,
) -> Callback<V> {
    let draft = draft.clone();
    Callback::from(move |value| {
        let mut changed = (*draft).clone();
        change(&mut changed, value);
        draft.set(changed);
    })
}
