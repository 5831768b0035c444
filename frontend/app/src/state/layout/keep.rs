//! When a layout is loaded and kept.

use gloo_events::{EventListener, EventListenerOptions};
use gloo_timers::callback::Timeout;
use protocol::layout::{LoadLayout, SaveLayout};

use super::{Effect, Layout, Message, groups::MOST};
use crate::{
    desk::{Desk, Perform},
    messages::say,
    state::notices::{self, Notices},
};

thread_local! {
    /// The save that is due.
    static SAVING: std::cell::RefCell<Option<Timeout>> = const { std::cell::RefCell::new(None) };
}

impl Perform for Layout {
    fn perform(desk: &Desk, effect: Effect) {
        match effect {
            Effect::NoRoom => {
                let said = say!("groups.full", most = MOST);
                desk.tell::<Notices>(notices::Message::failed(said));
            }
            Effect::Load => desk.spawn(load),
            Effect::Save => {
                SAVING.with(|saving| saving.borrow_mut().take());
                save(desk);
            }
            // A stream that does not end is kept all the same: the first of it starts the time.
            Effect::SaveSoon => SAVING.with(|saving| {
                let desk = desk.clone();
                saving.borrow_mut().get_or_insert_with(|| Timeout::new(400, move || save_due(&desk)));
            }),
        }
    }
}

/// Keeps what there is before the page is hidden or left, which may be its last moment.
pub fn keep_before_leaving(desk: &Desk) {
    let Some(window) = web_sys::window() else { return };
    let again = desk.clone();
    // Caught early: after the link has said that the page leaves, nobody hears it any more.
    let early = EventListenerOptions::run_in_capture_phase();
    EventListener::new_with_options(&window, "pagehide", early, move |_| save_due(&again)).forget();
    let Some(page) = window.document() else { return };
    let desk = desk.clone();
    EventListener::new(&page, "visibilitychange", move |_| save_due(&desk)).forget();
}

async fn load(desk: Desk) {
    let described = desk.link().call(protocol::workspace::DescribeWorkspace {}).await;
    let welcome = described.ok().and_then(|workspace| workspace.welcome_file);
    let message = match desk.link().call(LoadLayout {}).await {
        Ok(kept) => Message::Loaded(kept.map(|layout| layout.0), welcome),
        Err(error) => Message::NotLoaded(say!("layout.not-loaded", reason = error.message).to_string()),
    };
    desk.tell::<Layout>(message);
}

/// Makes the save that is due, if one is.
fn save_due(desk: &Desk) {
    if SAVING.with(|saving| saving.borrow_mut().take()).is_some() {
        save(desk);
    }
}

fn save(desk: &Desk) {
    let layout = protocol::layout::Layout(desk.read(Layout::to_keep));
    desk.ask_quietly(SaveLayout { layout }, say!("layout.not-kept"));
}
