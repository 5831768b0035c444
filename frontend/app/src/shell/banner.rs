//! What is said across the window when the connection is away or cannot come back.

use widgets::{Icon, Tone, use_effect_with};
use yew::prelude::*;

use crate::{
    desk::use_desk,
    link::{
        Connection,
        health::{End, Shown},
    },
    messages::say,
    state::{
        notices::{self, Notices},
        use_selector,
    },
};

/// The banner; nothing while all is well.
#[component]
pub fn Banner() -> Html {
    let desk = use_desk();
    let connection = use_selector(&desk.link().connection(), Connection::clone);
    let away = matches!(connection.shown, Shown::Reconnecting | Shown::Offline);
    let was_away = use_mut_ref(|| None::<usize>);
    {
        let (desk, waiting) = (desk.clone(), connection.waiting);
        use_effect_with((away, waiting), move |(away, waiting)| {
            let mut before = was_away.borrow_mut();
            if *away {
                *before = Some(before.unwrap_or_default().max(*waiting));
            } else if let Some(waited) = before.take() {
                desk.tell::<Notices>(notices::Message::Say(Tone::Good, welcome_back(waited)));
            }
        });
    }
    let waiting = match connection.waiting {
        0 => AttrValue::default(),
        count => say!("banner.waiting", count = count),
    };
    let (class, text) = match connection.shown {
        Shown::Reconnecting => ("warning", say!("banner.reconnecting")),
        Shown::Offline => ("error", say!("banner.offline")),
        Shown::Ended(end) => return html! { <Ended {end} /> },
        Shown::Connecting | Shown::Online(_) | Shown::Slow(_) => return Html::default(),
    };
    html! {
        <div class={classes!("banner", class)} role="alert">
            <Icon name="wifi-off" />
            <p>{ text }{ " " }{ waiting }</p>
        </div>
    }
}

fn welcome_back(waited: usize) -> AttrValue {
    match waited {
        0 => say!("banner.back").into(),
        count => say!("banner.back-sent", count = count),
    }
}

#[derive(Properties, PartialEq)]
struct EndedProps {
    end: End,
}

#[component]
fn Ended(props: &EndedProps) -> Html {
    let text = match props.end {
        End::SignedOut => say!("banner.signed-out"),
        End::Outdated => say!("banner.outdated"),
        End::Refused => say!("banner.refused"),
    };
    let reload = Callback::from(|_: MouseEvent| {
        if let Some(window) = web_sys::window() {
            // Fails only where the page may not navigate.
            let _ = window.location().reload();
        }
    });
    html! {
        <div class="banner error" role="alert">
            <Icon name="unplug" />
            <p>{ text }</p>
            <button type="button" onclick={reload}>{ say!("banner.reload") }</button>
        </div>
    }
}
