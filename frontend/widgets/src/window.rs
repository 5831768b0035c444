//! Which rows of a long list are drawn: those in view and a few around them.

use std::{ops::Range, rc::Rc};

use wasm_bindgen::{JsCast, prelude::Closure};
use web_sys::{HtmlElement, ResizeObserver};
use yew::prelude::*;

use crate::effect::use_effect_with;

/// Rows drawn above and below those in view.
const MARGIN: usize = 12;

/// The height of a row in pixels: larger where fingers point.
pub fn row_height() -> f64 {
    let coarse = web_sys::window()
        .and_then(|window| window.match_media("(pointer: coarse)").ok().flatten())
        .is_some_and(|query| query.matches());
    if coarse { 28.0 } else { 22.0 }
}

/// The window of a scrolling element over rows of equal height.
#[derive(Clone, PartialEq)]
pub(crate) struct Window {
    /// The rows to draw.
    pub(crate) rows: Range<usize>,
    /// Height of what is left out above, in pixels.
    pub(crate) above: f64,
    /// Height of what is left out below, in pixels.
    pub(crate) below: f64,
    /// To be called when the element scrolls.
    pub(crate) on_scroll: Callback<Event>,
}

/// Follows a scrolling element that shows `count` rows.
#[hook]
pub(crate) fn use_window(node: &NodeRef, count: usize) -> Window {
    let seen = use_state_eq(|| (0usize, 60usize));
    let measure = {
        let (node, seen) = (node.clone(), seen.clone());
        Rc::new(move || {
            if let Some(element) = node.cast::<HtmlElement>() {
                let first = f64::from(element.scroll_top()) / row_height();
                let shown = f64::from(element.client_height()) / row_height();
                // Steps of half a margin: scrolling redraws seldom.
                let first = first as usize / (MARGIN / 2) * (MARGIN / 2);
                seen.set((first, shown.ceil() as usize + MARGIN / 2));
            }
        })
    };
    {
        let (node, measure) = (node.clone(), Rc::clone(&measure));
        use_effect_with((), move |()| {
            let callback = Closure::<dyn Fn()>::new(move || measure());
            let observer = ResizeObserver::new(callback.as_ref().unchecked_ref()).ok();
            if let (Some(observer), Some(element)) = (&observer, node.cast::<HtmlElement>()) {
                observer.observe(&element);
            }
            move || {
                observer.iter().for_each(ResizeObserver::disconnect);
                drop(callback);
            }
        });
    }
    let (rows, above, below) = drawn(*seen, count, row_height());
    Window { rows, above, below, on_scroll: Callback::from(move |_| measure()) }
}

/// The rows to draw and the heights left out, for the first row in view, the rows in view, and all rows.
fn drawn((first, shown): (usize, usize), count: usize, height: f64) -> (Range<usize>, f64, f64) {
    let end = (first + shown + MARGIN).min(count);
    let start = first.saturating_sub(MARGIN).min(end);
    (start..end, start as f64 * height, (count - end) as f64 * height)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(seen: (usize, usize), count: usize, expected: Range<usize>) {
        let (rows, above, below) = drawn(seen, count, 10.0);
        assert_eq!(rows, expected);
        let all = above + below + rows.len() as f64 * 10.0;
        assert!((all - count as f64 * 10.0).abs() < 1e-6, "the scroll bar must not jump");
    }

    #[test]
    fn draws_what_is_in_view_and_some_around() {
        check((0, 30), 5, 0..5);
        check((0, 30), 200_000, 0..42);
        check((1000, 30), 200_000, 988..1042);
        check((199_990, 30), 200_000, 199_978..200_000);
        check((500, 30), 10, 10..10);
        check((0, 30), 0, 0..0);
    }
}
