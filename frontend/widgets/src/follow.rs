//! Text that grows at its end: its end is shown while the person looks at the end, and nothing moves otherwise.

use std::rc::Rc;

use web_sys::Element;
use yew::prelude::*;

use crate::effect::use_effect_with;

/// Pixels above the end that still count as the end.
const NEAR: i32 = 8;

/// Keeps a scrolling element at its end as it changes, while it is there and `on`. What comes back is to be called when it
/// scrolls.
#[hook]
pub fn use_follow<K: PartialEq + 'static>(node: &NodeRef, on: bool, version: K) -> Callback<Event> {
    let at_end = use_mut_ref(|| true);
    {
        let (node, at_end) = (node.clone(), Rc::clone(&at_end));
        use_effect_with(version, move |_| {
            if let Some(element) = node.cast::<Element>().filter(|_| on && *at_end.borrow()) {
                element.set_scroll_top(element.scroll_height());
            }
        });
    }
    let node = node.clone();
    Callback::from(move |_: Event| {
        if let Some(element) = node.cast::<Element>() {
            *at_end.borrow_mut() =
                is_end(element.scroll_height(), element.scroll_top(), element.client_height());
        }
    })
}

/// Whether the end is seen of something so high, that is scrolled by `top` and shows so many pixels.
fn is_end(height: i32, top: i32, shown: i32) -> bool {
    height - top - shown < NEAR
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_is_seen_to_a_line_at_most() {
        assert!(is_end(1000, 700, 300));
        assert!(is_end(1000, 693, 300));
        assert!(!is_end(1000, 692, 300));
        assert!(is_end(100, 0, 300), "all of it is seen");
    }
}
