//! Trust in the folder: the question, and what stands in the status bar until it is answered with yes.

use yew::prelude::*;

use crate::{
    panels::trust::view::{Restricted, TrustQuestion},
    views::Panel,
};

pub mod view;

/// What it brings.
pub const PANEL: Panel = Panel {
    over: Some(|| html! { <TrustQuestion /> }),
    status: Some((20, || html! { <Restricted /> })),
    ..Panel::NONE
};
