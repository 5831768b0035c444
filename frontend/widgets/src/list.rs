//! A list of any length with rows of equal height: only those in view are drawn.

use std::ops::Range;

use yew::prelude::*;

use crate::{row_height, use_follow, use_lengths, window::use_window};

/// What a list is.
#[derive(Properties, PartialEq)]
pub struct ListProps {
    /// Its accessible name.
    pub label: AttrValue,
    /// Its role: `list`, `log` …
    #[prop_or(AttrValue::Static("list"))]
    pub role: AttrValue,
    /// More classes.
    #[prop_or_default]
    pub class: Classes,
    /// How many rows there are.
    pub count: usize,
    /// Changes whenever what `draw` would draw changes.
    pub version: u64,
    /// Draws a row; each draws an element of one row's height.
    pub draw: Callback<usize, Html>,
    /// What tells a row from all others, whatever its place; their places do where rows only come at the end.
    #[prop_or_default]
    pub key_of: Option<Callback<usize, String>>,
    /// Whether it stays at its end as rows come, while it is scrolled there.
    #[prop_or_default]
    pub follow: bool,
}

/// A list.
#[component]
pub fn List(props: &ListProps) -> Html {
    let node = use_node_ref();
    let (above, below) = (use_node_ref(), use_node_ref());
    let window = use_window(&node, props.count, row_height());
    use_lengths(&above, vec![("height", window.above)]);
    use_lengths(&below, vec![("height", window.below)]);
    let followed = use_follow(&node, props.follow, (props.count, props.version));
    let onscroll = {
        let on_scroll = window.on_scroll.clone();
        Callback::from(move |event: Event| {
            followed.emit(event.clone());
            on_scroll.emit(event);
        })
    };
    let key_of =
        |index: usize| props.key_of.as_ref().map_or_else(|| index.to_string(), |key| key.emit(index));
    let rows: Range<usize> = window.rows;
    html! {
        <div
            ref={node}
            class={classes!("list", props.class.clone())}
            role={props.role.clone()}
            aria-label={props.label.clone()}
            tabindex="0"
            {onscroll}
        >
            // Keyed: an element that was a spacer must not become a row, it would keep the spacer's height.
            <div key="above" ref={above} role="presentation"></div>
            { for rows.map(|index| html! { <key={key_of(index)}>{ props.draw.emit(index) }</> }) }
            <div key="below" ref={below} role="presentation"></div>
        </div>
    }
}
