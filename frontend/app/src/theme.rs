//! The theme in use: the chosen one, else what the system prefers.

use web_sys::MediaQueryList;
use yew::prelude::*;

use crate::{
    desk::use_state_of,
    state::layout::{Layout, Theme},
};

/// The theme in use.
#[hook]
pub fn use_theme() -> Theme {
    let chosen = use_state_of::<Layout, _, _>(|layout| layout.theme);
    let system = use_state_eq(preferred);
    {
        let system = system.clone();
        use_effect_with((), move |()| {
            let queries = ["(prefers-color-scheme: light)", "(prefers-contrast: more)"];
            let listeners: Vec<_> = queries
                .iter()
                .filter_map(|text| query(text))
                .map(|query| {
                    let system = system.clone();
                    gloo_events::EventListener::new(&query, "change", move |_| system.set(preferred()))
                })
                .collect();
            move || drop(listeners)
        });
    }
    chosen.unwrap_or(*system)
}

fn preferred() -> Theme {
    let matches = |text| query(text).is_some_and(|query| query.matches());
    if matches("(prefers-contrast: more)") {
        Theme::Contrast
    } else if matches("(prefers-color-scheme: light)") {
        Theme::Light
    } else {
        Theme::Dark
    }
}

fn query(text: &str) -> Option<MediaQueryList> {
    web_sys::window().and_then(|window| window.match_media(text).ok().flatten())
}
