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

/// Follows a scrolling element that shows `count` rows of this height.
#[hook]
pub(crate) fn use_window(node: &NodeRef, count: usize, height: f64) -> Window {
    let seen = use_state_eq(|| (0usize, 60usize));
    let measure = {
        let (node, seen) = (node.clone(), seen.clone());
        Rc::new(move || {
            if let Some(element) = node.cast::<HtmlElement>() {
                let (top, shown) = (element.scroll_top(), element.client_height());
                seen.set(in_view(f64::from(top), f64::from(shown), height));
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
    let (rows, above, below) = drawn(*seen, count, height);
    Window { rows, above, below, on_scroll: Callback::from(move |_| measure()) }
}

/// The first row in view and how many are, of an element that is scrolled by `top`, shows so many pixels and has rows of this
/// height. In steps of half a margin: scrolling redraws seldom.
fn in_view(top: f64, shown: f64, height: f64) -> (usize, usize) {
    let step = MARGIN / 2;
    ((top / height) as usize / step * step, (shown / height).ceil() as usize + step)
}

/// The rows to draw and the heights left out, for the first row in view, the rows in view, and all rows.
fn drawn((first, shown): (usize, usize), count: usize, height: f64) -> (Range<usize>, f64, f64) {
    let end = (first + shown + MARGIN).min(count);
    let start = first.saturating_sub(MARGIN).min(end);
    (start..end, start as f64 * height, (count - end) as f64 * height)
}

/// Scrolls a row of an element into view, no further than it takes.
pub(crate) fn scroll_to(element: &HtmlElement, index: usize, height: f64) {
    let (from, shown) = (f64::from(element.scroll_top()), f64::from(element.client_height()));
    if let Some(top) = to_show(index, height, from, shown) {
        element.set_scroll_top(top);
    }
}

/// How far what is scrolled by `from` and shows so many pixels is to be scrolled so that a row is seen; none where it is.
fn to_show(index: usize, height: f64, from: f64, shown: f64) -> Option<i32> {
    let top = index as f64 * height;
    if top < from {
        Some(top as i32)
    } else {
        (shown > 0.0 && top + height > from + shown).then(|| (top + height - shown).ceil() as i32)
    }
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

    #[test]
    fn every_row_in_view_is_drawn_wherever_it_is_scrolled() {
        let (count, shown, height) = (1000, 305.0, 22.0);
        for top in 0..(count as i32 * 22 - 305) {
            let top = f64::from(top);
            let (rows, ..) = drawn(in_view(top, shown, height), count, height);
            let seen = (top / height) as usize..((top + shown) / height).ceil() as usize;
            assert!(rows.start <= seen.start && seen.end <= rows.end, "{rows:?} at {top}");
            assert!(rows.len() <= 14 + 3 * MARGIN, "{rows:?} at {top}: only what is near is drawn");
        }
    }

    #[test]
    fn a_row_is_scrolled_into_view_no_further_than_it_takes() {
        let check = |index, from, expected| assert_eq!(to_show(index, 22.0, from, 100.0), expected);
        check(2, 0.0, None);
        check(1, 40.0, Some(22));
        check(5, 0.0, Some(32));
        check(5, 32.0, None);
        assert_eq!(to_show(5, 22.0, 0.0, 0.0), None, "it is not shown");
    }

    #[test]
    fn a_small_scroll_draws_nothing_anew() {
        let check = |top: f64, expected: (usize, usize)| assert_eq!(in_view(top, 300.0, 22.0), expected);
        check(0.0, (0, 20));
        check(5.9 * 22.0, (0, 20));
        check(6.0 * 22.0, (6, 20));
        check(-3.0, (0, 20));
    }
}
