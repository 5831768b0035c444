//! Trust in the folder: the question, and what stands in the status bar until it is answered with yes.

pub mod view;

pub use view::{Restricted, TrustQuestion};
