//! What is said across the window when the connection is away or cannot come back.

use widgets::{Icon, Tone, use_effect_with};
use yew::prelude::*;

use crate::{
    desk::use_desk,
    link::{
        Connection,
        health::{End, Shown},
    },
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
                desk.tell::<Notices>(notices::Message::Say(Tone::Good, welcome_back(waited).into()));
            }
        });
    }
    let waiting = match connection.waiting {
        0 => String::new(),
        1 => " 1 request waits.".to_owned(),
        count => format!(" {count} requests wait."),
    };
    let (class, text) = match connection.shown {
        Shown::Reconnecting => ("warning", format!("Reconnecting… You can go on editing.{waiting}")),
        Shown::Offline => {
            ("error", format!("Offline. You can go on editing in this tab; do not close it.{waiting}"))
        }
        Shown::Ended(end) => return html! { <Ended {end} /> },
        Shown::Connecting | Shown::Online(_) | Shown::Slow(_) => return Html::default(),
    };
    html! {
        <div class={classes!("banner", class)} role="alert">
            <Icon name="wifi-off" />
            <p>{ text }</p>
        </div>
    }
}

fn welcome_back(waited: usize) -> String {
    match waited {
        0 => "Back online".to_owned(),
        1 => "Back online; 1 request that waited was sent".to_owned(),
        count => format!("Back online; {count} requests that waited were sent"),
    }
}

#[derive(Properties, PartialEq)]
struct EndedProps {
    end: End,
}

#[component]
fn Ended(props: &EndedProps) -> Html {
    let text = match props.end {
        End::SignedOut => {
            "You are signed out. Run \"cumulo url\" on the machine that serves this workspace and open the \
             address it prints in another tab; then reload this one."
        }
        End::Outdated => "The server has another version than this page. Reload it; what you typed is kept.",
        End::Refused => "The workspace refused this connection. Reload the page to try again.",
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
            <button type="button" onclick={reload}>{ "Reload" }</button>
        </div>
    }
}
