//! Styles that change as the program runs. They are set through the object model, because the page's policy
//! allows no `style` attribute.

use web_sys::HtmlElement;
use yew::prelude::*;

use crate::effect::use_effect_with;

/// Sets lengths, in pixels, as CSS custom properties (or properties) on an element, now and whenever they change.
#[hook]
pub fn use_lengths(node: &NodeRef, lengths: Vec<(&'static str, f64)>) {
    let node = node.clone();
    use_effect_with(lengths, move |lengths| {
        if let Some(element) = node.cast::<HtmlElement>() {
            for (name, length) in lengths {
                // Fails only for a read-only declaration, which an element's own is not.
                let _ = element.style().set_property(name, &format!("{}px", length.round() as i64));
            }
        }
    });
}
