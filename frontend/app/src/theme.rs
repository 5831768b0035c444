//! The theme in use: the chosen one, else what the system prefers.
//!
//! It has one owner, [`start`]: the page is given a theme first, and everybody is told of it after that. A component that
//! heard of a change first would read the colours of the theme before.

use web_sys::MediaQueryList;
use yew::prelude::*;

use crate::{
    desk::{Desk, use_state_of},
    messages::say,
    state::{Model, settings::Settings},
};

/// How everything looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// Light on dark.
    Dark,
    /// Dark on light.
    Light,
    /// White on black, with strong borders.
    Contrast,
}

impl Theme {
    /// Its name in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Dark => say!("theme.is-dark"),
            Self::Light => say!("theme.is-light"),
            Self::Contrast => say!("theme.is-contrast"),
        }
    }

    /// Its name in the style sheets and for the editor and the terminal.
    pub fn name(self) -> &'static str {
        match self {
            Self::Dark => "dark",
            Self::Light => "light",
            Self::Contrast => "contrast",
        }
    }

    /// The next one around.
    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Self::Dark => Self::Light,
            Self::Light => Self::Contrast,
            Self::Contrast => Self::Dark,
        }
    }
}

/// The theme that the page has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InUse(Theme);

impl Default for InUse {
    fn default() -> Self {
        Self(Theme::Dark)
    }
}

impl Model for InUse {
    type Message = Self;
    type Effect = ();

    fn update(&mut self, message: Self) -> Vec<()> {
        *self = message;
        Vec::new()
    }
}

/// Keeps the page in its theme for as long as it lives.
pub fn start(desk: &Desk) {
    apply(desk);
    let chosen = desk.clone();
    desk.store::<Settings>().watch(move || apply(&chosen)).forever();
    for query in
        ["(prefers-color-scheme: light)", "(prefers-contrast: more)"].iter().filter_map(|text| query(text))
    {
        let preferred = desk.clone();
        gloo_events::EventListener::new(&query, "change", move |_| apply(&preferred)).forget();
    }
}

/// Gives the page its theme, then tells everybody.
fn apply(desk: &Desk) {
    let chosen = desk.read(|settings: &Settings| settings.text("workbench.colorTheme"));
    let themes = [Theme::Dark, Theme::Light, Theme::Contrast];
    let theme = themes.into_iter().find(|theme| theme.name() == chosen).unwrap_or_else(preferred);
    let root =
        web_sys::window().and_then(|window| window.document()).and_then(|page| page.document_element());
    if let Some(root) = root.filter(|root| root.get_attribute("data-theme").as_deref() != Some(theme.name()))
    {
        // Fails only for a malformed attribute name.
        let _ = root.set_attribute("data-theme", theme.name());
    }
    desk.store::<InUse>().replace(InUse(theme));
}

/// The theme in use.
#[hook]
pub fn use_theme() -> Theme {
    use_state_of::<InUse, _, _>(|in_use| in_use.0)
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
