//! Styles that change as the program runs. They are set through the object model, because the page's policy
//! allows no `style` attribute.

use web_sys::HtmlElement;
use yew::prelude::*;

use crate::{decimal, effect::use_effect_with};

/// Sets lengths, in pixels, as CSS custom properties (or properties) on an element, now and whenever they change.
#[hook]
pub fn use_lengths(node: &NodeRef, lengths: Vec<(&'static str, f64)>) {
    let node = node.clone();
    use_effect_with(lengths, move |lengths| {
        set(&node, lengths, |length| format!("{}px", length.round() as i64));
    });
}

/// The same for shares of what the element lies in, 1 being all of it.
#[hook]
pub fn use_shares(node: &NodeRef, shares: Vec<(&'static str, f64)>) {
    let node = node.clone();
    use_effect_with(shares, move |shares| {
        set(&node, shares, |share| decimal(share * 100.0, 3) + "%");
    });
}

fn set(node: &NodeRef, sizes: &[(&'static str, f64)], text: fn(f64) -> String) {
    if let Some(element) = node.cast::<HtmlElement>() {
        for (name, size) in sizes {
            // Fails only for a read-only declaration, which an element's own is not.
            let _ = element.style().set_property(name, &text(*size));
        }
    }
}
