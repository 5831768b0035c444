//! Which store hears which event of the agent, and what is asked when a session begins.

use protocol::{Capability, file, language};

use crate::{
    desk::Desk,
    link::event::Event,
    state::{
        cloud::{self, Cloud},
        deployments::{self, Deployments},
        documents::{self, Documents},
        functions::{self, Functions},
        languages::{self, Languages},
        later::{self, Later, Takes},
        layout::{self, Layout},
        notices::{self, Notices},
        problems::{self, Problems},
        settings::{self, Settings},
        terminals::{self, Terminals},
        trust::{self, Trust},
        workspace::{self, Workspace},
    },
};

/// Listens for as long as the page lives.
pub fn start(desk: &Desk) {
    let on_event = desk.clone();
    desk.link().on_event(move |event| hear(&on_event, event)).forever();
    let on_session = desk.clone();
    desk.link().on_session(move |resumed| connected(&on_session, *resumed)).forever();
    layout::keep_before_leaving(desk);
    let again = desk.clone();
    let described = std::cell::Cell::new(false);
    let watching = desk.store::<Workspace>().watch(move || {
        let is_described = again.read(|workspace: &Workspace| workspace.description.is_some());
        if is_described && !described.replace(true) {
            ask_what_runs(&again);
        }
    });
    watching.forever();
}

fn connected(desk: &Desk, resumed: bool) {
    if resumed {
        return;
    }
    desk.tell::<Workspace>(workspace::Message::Connected);
    desk.tell::<Trust>(trust::Message::Connected);
    desk.tell::<Settings>(settings::Message::Ask);
    desk.tell::<Layout>(layout::Message::Connected);
    desk.tell::<Documents>(documents::Message::Connected);
    desk.tell::<Languages>(languages::Message::Connected);
    desk.tell::<Problems>(problems::Message::Connected);
    if desk.read(|workspace: &Workspace| workspace.description.is_some()) {
        ask_what_runs(desk);
    }
}

/// What only those may know who may run things here.
fn ask_what_runs(desk: &Desk) {
    let may = |capability: Capability| desk.read(|workspace: &Workspace| workspace.may(capability.read()));
    if may(Capability::Terminals) {
        desk.tell::<Terminals>(terminals::Message::Connected);
    }
    if !may(Capability::Cloud) {
        return;
    }
    desk.tell::<Cloud>(cloud::Message::Ask);
    desk.tell::<Functions>(functions::Message::Ask);
    desk.tell::<Deployments>(deployments::Message::Ask);
}

fn hear(desk: &Desk, event: &Event) {
    match event.clone() {
        Event::Document(event) => document(desk, event),
        Event::Terminal(event) => desk.tell::<Terminals>(terminals::Message::Event(event)),
        Event::Language(language::Event::Server(server)) => {
            desk.tell::<Languages>(languages::Message::Changed(server));
        }
        Event::Language(language::Event::Problems(file)) => {
            desk.tell::<Problems>(problems::Message::Changed(file));
        }
        event @ (Event::Cloud(_) | Event::Function(_) | Event::Deploy(_)) => {
            let told = Box::new(move |desk: &Desk, takes: &Takes| (takes.event)(desk, event));
            desk.take::<Later>(later::Message::Told(told));
        }
        Event::Settings(event) => settings::hear(desk, event),
        Event::Trust(event) => desk.tell::<Trust>(trust::Message::Event(event)),
        // The explorer hears these by itself.
        Event::File(
            file::Event::Changed { .. } | file::Event::TrashChanged | file::Event::DownloadFailed { .. },
        ) => {}
        Event::File(file::Event::WatchingDegraded { reason, .. }) => {
            desk.tell::<Notices>(notices::Message::Say(widgets::Tone::Warning, reason.into()));
        }
    }
}

fn document(desk: &Desk, event: protocol::document::Event) {
    let template = match &event {
        protocol::document::Event::Changed(state) => !state.dirty && is_template(state.path.name()),
        protocol::document::Event::Moved { .. } | protocol::document::Event::Formatted { .. } => false,
    };
    desk.tell::<Documents>(documents::Message::Event(event));
    if template && desk.read(|workspace: &Workspace| workspace.may(Capability::Cloud.read())) {
        desk.tell::<Functions>(functions::Message::Ask);
        desk.tell::<Deployments>(deployments::Message::Ask);
    }
}

/// Whether a file of this name may state functions.
fn is_template(name: &str) -> bool {
    matches!(name.rsplit_once('.'), Some((_, "yaml" | "yml"))) || name == "samconfig.toml"
}
