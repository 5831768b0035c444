//! The palette's box, which is there at once: what finds and lists things loads when it is first opened, and what is written
//! meanwhile stays written.

use std::rc::Rc;

use widgets::{Palette, PaletteRow};
use yew::prelude::*;

use crate::{
    chunks::{State, use_code},
    desk::{use_desk, use_state_of},
    messages::say,
    panels::palette::ROWS,
    state::notices::{Message, Notices},
    views::Drawing,
};

/// The palette, while it is open.
#[component]
pub fn OpenPalette() -> Html {
    let query = use_state_of::<Notices, _, _>(|notices| notices.palette.clone());
    let Some(query) = query else { return Html::default() };
    html! { <Opened key={query.to_string()} query={query.clone()} /> }
}

#[derive(Properties, PartialEq)]
struct OpenedProps {
    /// What it is opened with.
    query: AttrValue,
}

/// The palette: until its rows are loaded the box alone, which takes what is written.
#[component]
fn Opened(props: &OpenedProps) -> Html {
    let desk = use_desk();
    let written = use_state_eq(|| props.query.to_string());
    let (code, _) = use_code(&ROWS, true);
    let empty = match code {
        State::Here(draw) => {
            return draw(&Drawing { args: (*written).clone().into(), shown: true, group: 0 });
        }
        State::Loading => say!("palette.loading"),
        State::Failed => say!("palette.not-loaded"),
    };
    let on_query = {
        let written = written.clone();
        Callback::from(move |text: String| written.set(text))
    };
    let on_close = desk.teller::<Notices, ()>(|()| Message::ClosePalette);
    html! {
        <Palette label={say!("title.search")} query={(*written).clone()} rows={Rc::<Vec<PaletteRow>>::default()} settled={false}
            {empty} {on_query} on_choose={Callback::<usize>::noop()} {on_close} />
    }
}
