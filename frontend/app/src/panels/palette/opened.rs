//! The palette's box, which is there at once and stays: what finds and lists things loads when it is first opened, and what is
//! written meanwhile, also what an input method composes, goes on in the same field.

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

/// What fits what is written.
#[derive(Clone, Default, PartialEq)]
pub(super) struct Fitting {
    /// What was written.
    pub query: String,
    /// What fits it.
    pub rows: Rc<Vec<PaletteRow>>,
    /// Whether that is all; otherwise an answer is on its way.
    pub settled: bool,
    /// What to say when nothing fits.
    pub empty: AttrValue,
    /// A row was chosen.
    pub on_choose: Callback<usize>,
}

/// The box, for what finds.
#[derive(Clone, PartialEq)]
pub(super) struct Field {
    /// Writes something else into it.
    pub write: UseStateSetter<String>,
    /// Lists what fits.
    pub list: UseStateSetter<Option<Fitting>>,
}

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

#[component]
fn Opened(props: &OpenedProps) -> Html {
    let desk = use_desk();
    let written = use_state_eq(|| props.query.to_string());
    let listed = use_state_eq(|| None::<Fitting>);
    let (code, _) = use_code(&ROWS, true);
    let (finder, waiting) = match code {
        State::Here(draw) => {
            let args = (*written).clone().into();
            (draw(&Drawing { args, shown: true, group: 0 }), say!("palette.loading"))
        }
        State::Loading => (Html::default(), say!("palette.loading")),
        State::Failed => (Html::default(), say!("palette.not-loaded")),
    };
    let fitting = (*listed).clone();
    // What was listed stays until what fits now is.
    let settled = fitting.as_ref().is_some_and(|fitting| fitting.settled && fitting.query == *written);
    let Fitting { rows, empty, on_choose, .. } =
        fitting.unwrap_or_else(|| Fitting { empty: waiting.into(), ..Fitting::default() });
    let field = Field { write: written.setter(), list: listed.setter() };
    let query = (*written).clone();
    let on_query = Callback::from(move |text: String| written.set(text));
    let on_close = desk.teller::<Notices, ()>(|()| Message::ClosePalette);
    html! {
        <ContextProvider<Field> context={field}>
            <Palette label={say!("title.search")} {query} {rows} {settled} {empty} {on_query} {on_choose} {on_close} />
            { finder }
        </ContextProvider<Field>>
    }
}
