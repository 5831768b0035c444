//! Views as data: what panels bring to the window. Rail, bottom panel, dock, tabs, palette and layout read it here; which
//! panels there are, nobody says ([`crate::panels`] finds them).

use std::rc::Rc;

use serde_json::Value;
use yew::prelude::*;

use crate::{
    chunks::{Later, Load},
    commands::Command,
    desk::Desk,
    messages::Text,
    panels::PANELS,
    state::{
        Watching,
        layout::{self, GroupId, Layout, Place},
    },
};

/// What a panel brings.
pub struct Panel {
    /// What it shows, each in its place of the window.
    pub views: &'static [View],
    /// What the palette and keys can run of it, besides showing its views.
    pub commands: &'static [Command],
    /// Has it listen to the link, before anything is drawn.
    pub start: Option<fn(&Desk)>,
    /// What it draws over the window.
    pub over: Option<fn() -> Html>,
    /// What it shows elsewhere and loads when that is first shown.
    pub besides: &'static [&'static View],
    /// Its entry of the status bar: its place among those of others, and how it is drawn.
    pub status: Option<(u8, fn() -> Html)>,
}

impl Panel {
    /// Brings nothing.
    pub const NONE: Self =
        Self { views: &[], commands: &[], start: None, over: None, besides: &[], status: None };
}

/// Something to look at.
pub struct View {
    /// Its identity: in saved layouts, and in the page.
    pub id: &'static str,
    /// What it is called.
    pub title: Text,
    /// Its icon.
    pub icon: &'static str,
    /// Where it is.
    pub place: Place,
    /// Its place among the others there.
    pub order: u8,
    /// Whether it stays in the page while another is in front.
    pub keep: bool,
    /// A number beside its title.
    pub badge: Option<Badge>,
    /// The command that shows it; none for what only something else can open.
    pub show: Option<Command>,
    /// What its tab is called, by what it is about; its title, where nothing is said.
    pub name: Option<fn(&Value) -> Name>,
    /// Draws it; or else
    pub draw: fn(&Drawing) -> Html,
    /// loads what draws it, when it is first shown.
    pub later: Option<Load>,
}

impl PartialEq for View {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

/// What a tab is called.
pub struct Name {
    /// Its text.
    pub label: String,
    /// Its tip and the name of what it shows.
    pub title: String,
}

impl View {
    /// Nothing to see: what a view does not say otherwise.
    pub const BLANK: Self = Self {
        id: "",
        title: Text::NONE,
        icon: "",
        place: Place::Editor,
        order: 0,
        keep: false,
        badge: None,
        show: None,
        name: None,
        draw: |_| Html::default(),
        later: None,
    };

    /// Draws it.
    pub fn html(&'static self, drawing: Drawing) -> Html {
        if self.later.is_some() {
            html! { <Later view={self} {drawing} /> }
        } else {
            (self.draw)(&drawing)
        }
    }
}

/// How a view is drawn.
#[derive(Default, PartialEq)]
pub struct Drawing {
    /// What a tab's view is about; null in all other places.
    pub args: Value,
    /// Whether it can be seen.
    pub shown: bool,
    /// The group of editors that it is in.
    pub group: GroupId,
}

/// A number beside a view's title.
pub struct Badge {
    /// The number; none at 0.
    pub count: fn(&Desk) -> usize,
    /// Calls back whenever it may have changed.
    pub watch: fn(&Desk, Rc<dyn Fn()>) -> Watching,
}

/// All views.
pub fn all() -> impl Iterator<Item = &'static View> {
    PANELS.iter().flat_map(|panel| panel.views)
}

/// What panels show besides, each where it likes.
pub fn besides() -> impl Iterator<Item = &'static View> {
    PANELS.iter().flat_map(|panel| panel.besides).copied()
}

/// A view, if this version has it.
pub fn find(id: &str) -> Option<&'static View> {
    all().find(|view| view.id == id)
}

/// The views of a place, in their order.
pub fn at(place: Place) -> Vec<&'static View> {
    let mut views: Vec<_> = all().filter(|view| view.place == place).collect();
    views.sort_by_key(|view| view.order);
    views
}

/// Shows a view in its place.
pub fn show(desk: &Desk, id: &str) {
    let place = find(id).map_or(Place::Editor, |view| view.place);
    desk.tell::<Layout>(layout::Message::Show(place, id.to_owned()));
}

/// What panels have the palette and keys run.
pub fn commands() -> impl Iterator<Item = &'static Command> {
    PANELS.iter().flat_map(|panel| {
        panel.commands.iter().chain(panel.views.iter().filter_map(|view| view.show.as_ref()))
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn identities_are_unique() {
        let ids: HashSet<_> = all().chain(besides()).map(|view| view.id).collect();
        assert_eq!(ids.len(), all().chain(besides()).count());
        assert!(!ids.contains(""));
    }

    #[test]
    fn every_view_of_a_fresh_layout_is_where_it_is_looked_for() {
        let layout = Layout::default();
        for place in Place::PARTS {
            let id = &layout.part(place).view;
            assert_eq!(find(id).map(|view| view.place), Some(place), "{id}");
        }
    }

    #[test]
    fn what_is_beside_the_editors_can_be_shown_by_a_command_and_has_an_icon() {
        let sprite = include_str!("../icons/sprite.svg");
        for view in all() {
            assert!(view.show.is_some() || view.place == Place::Editor, "{}", view.id);
            assert!(
                sprite.contains(&format!("id=\"i-{}\"", view.icon)),
                "{} is not in icons/sprite.svg",
                view.icon
            );
        }
    }
}
