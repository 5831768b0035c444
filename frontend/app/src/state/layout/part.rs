//! The parts of the window around the editors.

use serde::{Deserialize, Serialize};

/// A part of the window that can be closed and resized.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// Whether it is shown.
    pub open: bool,
    /// Which view it shows, by its id; also one that only another version of this program has.
    pub view: String,
    /// Its width or height in pixels.
    pub size: f64,
}

impl Part {
    pub(super) fn new(open: bool, view: &str, size: f64) -> Self {
        Self { open, view: view.to_owned(), size }
    }
}

/// Where in the window something is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Place {
    /// The side bar.
    Side,
    /// The bottom panel.
    Bottom,
    /// The dock at the right.
    Dock,
    /// The middle, in tabs.
    #[default]
    Editor,
}

impl Place {
    /// Those that can be closed and resized.
    pub const PARTS: [Self; 3] = [Self::Side, Self::Bottom, Self::Dock];

    /// The least and largest size.
    pub fn limits(self) -> (f64, f64) {
        match self {
            Self::Side => (160.0, 640.0),
            Self::Bottom => (80.0, 900.0),
            Self::Dock | Self::Editor => (260.0, 900.0),
        }
    }
}
