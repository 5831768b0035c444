//! A text that is only read, in an island of the bridge: a source from outside of the workspace, or what was found.

use widgets::use_effect_with;
use yew::prelude::*;

use crate::{
    bridge::{Island, Kind, nonce, options, use_island},
    desk::{use_desk, use_state_of},
    shell::focus,
    state::{
        documents::{self, Documents},
        layout::GroupId,
    },
    theme::use_theme,
};

/// What is read.
#[derive(Properties, PartialEq)]
pub struct ReaderProps {
    /// The key of its tab.
    pub tab: String,
    /// The group of editors that it is in.
    pub group: GroupId,
    /// The text.
    pub text: AttrValue,
    /// Its language.
    pub language: AttrValue,
    /// The name of the text box.
    pub label: AttrValue,
}

/// A text to read.
#[component]
pub fn Reader(props: &ReaderProps) -> Html {
    let node = use_node_ref();
    let theme = use_theme();
    let (text, language, label) = (props.text.clone(), props.language.clone(), props.label.clone());
    let make_options = move || {
        options(&[
            ("text", (&*text).into()),
            ("language", (&*language).into()),
            ("label", (&*label).into()),
            ("theme", theme.name().into()),
            ("nonce", nonce().into()),
        ])
    };
    let island = use_island(Kind::Source, props.tab.clone(), &node, make_options, Callback::noop());
    use_effect_with((island.clone(), theme), |(island, theme)| {
        if let Some(island) = island {
            island.set_theme(theme.name());
        }
    });
    use_reveal(&props.tab, props.group, island.as_ref());
    html! { <div ref={node} class="island" /> }
}

/// Has an island go where the person wants to be in its tab, and take the focus.
#[hook]
pub fn use_reveal(key: &str, group: GroupId, island: Option<&Island>) {
    let desk = use_desk();
    let key = key.to_owned();
    let reveal = use_state_of::<Documents, _, _>(move |documents| {
        documents.reveal.clone().filter(|reveal| reveal.key == key && reveal.group == Some(group))
    });
    use_effect_with((island.cloned(), reveal), move |(island, reveal)| {
        if let (Some(island), Some(reveal)) = (island, reveal) {
            if let Some(position) = reveal.position {
                island.go_to(position.line + 1, position.character + 1);
            }
            if focus::EDITOR.with(focus::Wish::holds) {
                island.focus();
            }
            desk.tell::<Documents>(documents::Message::Shown(reveal.serial));
        }
    });
}
