//! What lies over the window: what panels have there (the palette, a menu, a question), and messages.

use std::rc::Rc;

use widgets::Toasts;
use yew::prelude::*;

use crate::{
    desk::{use_desk, use_state_of},
    panels::PANELS,
    state::{
        layout::Layout,
        notices::{Message, Notices},
    },
};

/// What lies over the window.
#[component]
pub fn Overlay() -> Html {
    let desk = use_desk();
    let toasts = use_state_of::<Notices, _, _>(|notices| Rc::clone(&notices.toasts));
    // Above the bottom panel: a message must not hide the prompt.
    let above =
        use_state_of::<Layout, _, _>(|layout| if layout.bottom.open { layout.bottom.size } else { 0.0 });
    html! {
        <>
            { for PANELS.iter().filter_map(|panel| panel.over).map(|draw| draw()) }
            <Toasts {toasts} {above} on_close={desk.teller::<Notices, u64>(Message::Dismiss)} />
        </>
    }
}
