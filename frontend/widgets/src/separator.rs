//! The bar between two parts, which changes their sizes: by dragging, or with the arrow keys.

use web_sys::{Element, PointerEvent};
use yew::prelude::*;

use crate::decimal::decimal;

/// Which way a separator moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Axis {
    /// Left and right: the bar stands upright.
    Horizontal,
    /// Up and down: the bar lies.
    Vertical,
}

/// What a separator is.
#[derive(Properties, PartialEq)]
pub struct SeparatorProps {
    /// Its accessible name.
    pub label: AttrValue,
    /// Which way it moves.
    pub axis: Axis,
    /// The size of the part it changes: in pixels, or in what `unit` says.
    pub size: f64,
    /// The least and largest size.
    pub limits: (f64, f64),
    /// Whether the part lies after the bar, so that it grows as the bar moves left or up.
    #[prop_or_default]
    pub after: bool,
    /// How much an arrow key changes.
    #[prop_or(16.0)]
    pub step: f64,
    /// How many pixels of the window a unit of the size is; asked when a drag begins. One, if nobody says.
    #[prop_or_default]
    pub unit: Option<Callback<(), f64>>,
    /// The new size.
    pub on_size: Callback<f64>,
    /// It was double-clicked, or Enter was pressed: collapse the part.
    #[prop_or_default]
    pub on_collapse: Callback<()>,
}

/// A separator.
#[component]
pub fn Separator(props: &SeparatorProps) -> Html {
    let dragged = use_mut_ref(|| None::<(f64, f64, f64)>);
    let (axis, after, limits) = (props.axis, props.after, props.limits);
    let onpointerdown = {
        let (dragged, size, unit) = (dragged.clone(), props.size, props.unit.clone());
        Callback::from(move |event: PointerEvent| {
            event.prevent_default();
            if let Some(bar) = event.target_dyn_into::<Element>() {
                let _ = bar.set_pointer_capture(event.pointer_id());
            }
            let unit = unit.as_ref().map_or(1.0, |unit| unit.emit(()));
            *dragged.borrow_mut() = Some((along(axis, &event), size, unit));
        })
    };
    let onpointermove = {
        let (dragged, on_size) = (dragged.clone(), props.on_size.clone());
        Callback::from(move |event: PointerEvent| {
            if let Some((from, size, unit)) = *dragged.borrow() {
                let moved = (along(axis, &event) - from) / unit;
                on_size.emit(resized(size, if after { -moved } else { moved }, limits));
            }
        })
    };
    let onpointerup = Callback::from(move |_: PointerEvent| *dragged.borrow_mut() = None);
    let onkeydown = {
        let (on_size, on_collapse) = (props.on_size.clone(), props.on_collapse.clone());
        let (size, step) = (props.size, props.step);
        Callback::from(move |event: KeyboardEvent| {
            let key = event.key();
            if key == "Enter" {
                return on_collapse.emit(());
            }
            let Some(forward) = forward(axis, &key, step) else { return };
            event.prevent_default();
            on_size.emit(resized(size, if after { -forward } else { forward }, limits));
        })
    };
    let ondblclick = props.on_collapse.reform(|_: MouseEvent| ());
    let (class, orientation) = match axis {
        Axis::Horizontal => ("separator upright", "vertical"),
        Axis::Vertical => ("separator lying", "horizontal"),
    };
    html! {
        <div
            {class}
            role="separator"
            tabindex="0"
            aria-label={props.label.clone()}
            aria-orientation={orientation}
            aria-valuenow={decimal(props.size, 0)}
            aria-valuemin={decimal(limits.0, 0)}
            aria-valuemax={decimal(limits.1, 0)}
            {onpointerdown}
            {onpointermove}
            onpointerup={onpointerup.clone()}
            onpointercancel={onpointerup}
            {onkeydown}
            {ondblclick}
        />
    }
}

/// How far a key moves the bar, to the right or down.
fn forward(axis: Axis, key: &str, step: f64) -> Option<f64> {
    match (axis, key) {
        (Axis::Horizontal, "ArrowRight") | (Axis::Vertical, "ArrowDown") => Some(step),
        (Axis::Horizontal, "ArrowLeft") | (Axis::Vertical, "ArrowUp") => Some(-step),
        (_, "Home") => Some(-f64::MAX),
        (_, "End") => Some(f64::MAX),
        _ => None,
    }
}

fn along(axis: Axis, event: &PointerEvent) -> f64 {
    match axis {
        Axis::Horizontal => f64::from(event.client_x()),
        Axis::Vertical => f64::from(event.client_y()),
    }
}

fn resized(size: f64, by: f64, (least, largest): (f64, f64)) -> f64 {
    (size + by).clamp(least, largest.max(least))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(size: f64, by: f64, expected: f64) {
        assert!((resized(size, by, (100.0, 500.0)) - expected).abs() < 1e-6);
    }

    #[test]
    fn sizes_stay_within_their_limits() {
        check(260.0, 16.0, 276.0);
        check(260.0, -400.0, 100.0);
        check(260.0, f64::MAX, 500.0);
        assert!((resized(10.0, 0.0, (100.0, 50.0)) - 100.0).abs() < 1e-6);
    }

    #[test]
    fn only_the_arrows_along_its_way_move_a_bar() {
        let check = |axis, key, expected| assert_eq!(forward(axis, key, 16.0), expected, "{axis:?} {key}");
        check(Axis::Horizontal, "ArrowRight", Some(16.0));
        check(Axis::Horizontal, "ArrowLeft", Some(-16.0));
        check(Axis::Horizontal, "ArrowDown", None);
        check(Axis::Vertical, "ArrowDown", Some(16.0));
        check(Axis::Vertical, "ArrowUp", Some(-16.0));
        check(Axis::Vertical, "ArrowLeft", None);
        check(Axis::Vertical, "End", Some(f64::MAX));
        check(Axis::Horizontal, "a", None);
    }
}
