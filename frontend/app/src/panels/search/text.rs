//! What was found as text, drawn: looked for anew whenever its tab comes to the front.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use protocol::search::FoundFile;
use serde_json::Value;
use widgets::{Trouble, use_effect_with};
use yew::prelude::*;

use crate::{
    desk::{Desk, use_desk},
    messages::say,
    panels::search::{
        RESULTS, acts,
        model::text::{read, text_of},
    },
    shell::reader::Reader,
    state::{
        layout::{GroupId, Tab},
        search::stream::cancel,
    },
};

/// What is shown.
#[derive(Properties, PartialEq)]
pub struct ResultsProps {
    /// What was looked for.
    pub about: Value,
    /// The group of editors that it is in.
    pub group: GroupId,
}

/// What was found.
#[derive(Clone, PartialEq)]
struct Shown {
    text: AttrValue,
    said: AttrValue,
}

type Outcome = Option<Result<Shown, AttrValue>>;

/// What was found, as text.
#[component]
pub fn Results(props: &ResultsProps) -> Html {
    let (desk, outcome, count) = (use_desk(), use_state_eq(Outcome::default), use_state_eq(|| 0_u32));
    let again = {
        let count = count.clone();
        Callback::from(move |_: MouseEvent| count.set(*count + 1))
    };
    {
        let outcome = outcome.clone();
        use_effect_with((props.about.clone(), *count), move |(about, _)| search(&desk, about, &outcome));
    }
    let name = super::name(&props.about).title;
    match &*outcome {
        None => html! { <p class="empty" role="status">{ say!("search.searching") }</p> },
        Some(Err(reason)) => html! { <Trouble reason={reason.clone()} on_retry={again} /> },
        Some(Ok(Shown { text, said })) => {
            let tab = Tab::View { id: RESULTS.to_owned(), args: props.about.clone() }.key();
            html! {
                <>
                    <div class="bar">
                        <p role="status">{ said }</p>
                        <button type="button" onclick={again}>{ say!("search.again") }</button>
                    </div>
                    <Reader {tab} group={props.group} text={text.clone()} language="" label={name} />
                </>
            }
        }
    }
}

/// Searches; gives what ends that when nobody wants it any more.
fn search(desk: &Desk, about: &Value, outcome: &UseStateHandle<Outcome>) -> impl FnOnce() + use<> {
    outcome.set(None);
    let (files, wanted) = (Rc::new(RefCell::new(Vec::new())), Rc::new(Cell::new(true)));
    let channel = read(about).map(|asked| {
        let into = Rc::clone(&files);
        let stream = acts::begin_text(desk, asked, move |found| into.borrow_mut().extend(found));
        let (channel, wanted, outcome) = (stream.channel, Rc::clone(&wanted), outcome.clone());
        desk.spawn(move |desk| async move {
            let end = stream.end(&desk).await;
            if wanted.replace(false) {
                let shown = end.map(|end| shown(files.take(), end.matches, end.more));
                outcome.set(Some(shown.map_err(|error| error.message.into())));
            }
        });
        channel
    });
    if channel.is_none() {
        outcome.set(Some(Err(say!("search.unknown").into())));
    }
    let desk = desk.clone();
    move || {
        if let Some(channel) = channel.filter(|_| wanted.replace(false)) {
            cancel(&desk, channel);
        }
    }
}

fn shown(mut files: Vec<FoundFile>, matches: u64, more: bool) -> Shown {
    files.sort_by(|one, other| one.path.cmp(&other.path));
    let (text, whole) = text_of(&files);
    let said = say!("search.count", matches = matches, files = files.len());
    let said = if more || !whole { format!("{said}. {}", say!("search.not-all")).into() } else { said };
    Shown { text: text.into(), said }
}
