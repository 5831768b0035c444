//! Terminals: programs on pseudo-terminals that outlive every browser looking at them.
//!
//! The agent keeps each terminal's screen itself, so that a tab that comes later, or lagged behind, is shown
//! exactly what is there. It also answers what programs ask a terminal (`DA`, `DSR` …): browsers never do.

mod attachment;
mod dump;
mod foreground;
mod marks;
mod partial;
mod pty;
mod saved_screens;
mod screen;
mod terminal;
mod terminals;

pub use screen::{Heard, Look, Screen};
pub use terminals::{TerminalConfig, Terminals};
