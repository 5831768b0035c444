//! Short messages at the edge of the window, spoken by screen readers as they come.

use std::rc::Rc;

use yew::prelude::*;

use crate::{Icon, IconButton, Word, use_lengths, words::say};

/// How a message is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// For information.
    Info,
    /// Something went well.
    Good,
    /// Something needs attention.
    Warning,
    /// Something failed.
    Error,
}

impl Tone {
    /// Its class and icon.
    pub fn look(self) -> (&'static str, &'static str) {
        match self {
            Self::Info => ("info", "info"),
            Self::Good => ("good", "circle-check"),
            Self::Warning => ("warning", "triangle-alert"),
            Self::Error => ("error", "circle-x"),
        }
    }
}

/// A message.
#[derive(Clone, Debug, PartialEq)]
pub struct Toast {
    /// Its identity.
    pub id: u64,
    /// How it is meant.
    pub tone: Tone,
    /// What it says.
    pub text: AttrValue,
}

/// What the messages are.
#[derive(Properties, PartialEq)]
pub struct ToastsProps {
    /// Oldest first.
    pub toasts: Rc<Vec<Toast>>,
    /// The height in pixels of what they stand above: they must not hide it.
    #[prop_or_default]
    pub above: f64,
    /// Sends one away.
    pub on_close: Callback<u64>,
}

/// The messages.
#[component]
pub fn Toasts(props: &ToastsProps) -> Html {
    let node = use_node_ref();
    use_lengths(&node, vec![("--above", props.above)]);
    html! {
        <div ref={node} class="toasts" role="log" aria-live="polite" aria-label={say(Word::Messages)}>
            { for props.toasts.iter().map(|toast| {
                let (class, icon) = toast.tone.look();
                let (close, id) = (props.on_close.clone(), toast.id);
                html! {
                    <div key={toast.id} class={classes!("toast", class)}>
                        <Icon name={icon} />
                        <p>{ &toast.text }</p>
                        <IconButton icon="x" label={say(Word::Dismiss)} onclick={Callback::from(move |_| close.emit(id))} />
                    </div>
                }
            }) }
        </div>
    }
}
