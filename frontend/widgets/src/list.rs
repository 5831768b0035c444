//! A list of any length with rows of equal height: only those in view are drawn.

use std::{ops::Range, rc::Rc};

use web_sys::HtmlElement;
use yew::prelude::*;

use crate::{use_variables, window::use_window};

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
    /// Whether it stays at its end as rows come, while it is scrolled there.
    #[prop_or_default]
    pub follow: bool,
}

/// A list.
#[component]
pub fn List(props: &ListProps) -> Html {
    let node = use_node_ref();
    let (above, below) = (use_node_ref(), use_node_ref());
    let window = use_window(&node, props.count);
    use_variables(&above, vec![("height", format!("{}px", window.above))]);
    use_variables(&below, vec![("height", format!("{}px", window.below))]);
    let at_end = use_mut_ref(|| true);
    {
        let (node, at_end, follow) = (node.clone(), Rc::clone(&at_end), props.follow);
        use_effect_with((props.count, props.version), move |_| {
            if let Some(element) = node.cast::<HtmlElement>().filter(|_| follow && *at_end.borrow()) {
                element.set_scroll_top(element.scroll_height());
            }
        });
    }
    let onscroll = {
        let (node, on_scroll) = (node.clone(), window.on_scroll.clone());
        Callback::from(move |event: Event| {
            if let Some(element) = node.cast::<HtmlElement>() {
                let rest = element.scroll_height() - element.scroll_top() - element.client_height();
                *at_end.borrow_mut() = rest < 8;
            }
            on_scroll.emit(event);
        })
    };
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
            { for rows.map(|index| html! { <key={index}>{ props.draw.emit(index) }</> }) }
            <div key="below" ref={below} role="presentation"></div>
        </div>
    }
}
