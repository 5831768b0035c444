//! Styles that change as the program runs. They are set through the object model, because the page's policy
//! allows no `style` attribute.

use web_sys::HtmlElement;
use yew::prelude::*;

/// Sets CSS custom properties (or properties) on an element, now and whenever they change.
#[hook]
pub fn use_variables(node: &NodeRef, values: Vec<(&'static str, String)>) {
    let node = node.clone();
    use_effect_with(values, move |values| {
        if let Some(element) = node.cast::<HtmlElement>() {
            for (name, value) in values {
                // Fails only for a read-only declaration, which an element's own is not.
                let _ = element.style().set_property(name, value);
            }
        }
    });
}
