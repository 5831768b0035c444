//! Settings: a form, and the person's own as JSON.

pub mod model;
mod own;
pub mod view;

pub use own::OwnJson;
pub use view::SettingsPage;
