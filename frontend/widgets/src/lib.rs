//! The widgets that every panel is made of: trees, lists, tabs, separators, menus, dialogs, toasts, palettes.
//!
//! They follow the ARIA patterns of their kind and know nothing of the product: no message, no store, no link.
//! Each draws with class names of its own; their looks are in the application's `kit` layer.

mod borrowed;
mod counts;
mod decimal;
mod dialog;
mod effect;
mod follow;
mod icon;
mod letters;
mod list;
mod menu;
mod palette;
mod rows;
mod separator;
mod style;
mod tabs;
mod toast;
mod tree;
mod trouble;
mod window;
mod words;

pub use counts::counts;
pub use decimal::decimal;
pub use dialog::{Dialog, DialogProps};
pub use effect::use_effect_with;
pub use follow::use_follow;
pub use icon::{Icon, IconButton, IconButtonProps, IconProps};
pub use letters::{lowercase, uppercase};
pub use list::{List, ListProps};
pub use menu::{Menu, MenuItem, MenuProps};
pub use palette::{Palette, PaletteProps, PaletteRow};
pub use rows::{Piece, TreeRow, TreeRows, near};
pub use separator::{Axis, Separator, SeparatorProps};
pub use style::{use_lengths, use_shares};
pub use tabs::{Tab, TabEvent, Tabs, TabsProps, carries_tab, dropped_tab};
pub use toast::{Toast, Toasts, ToastsProps, Tone};
pub use tree::{Tree, TreeEvent, TreeProps};
pub use trouble::{Trouble, TroubleProps};
pub use window::row_height;
pub use words::{Word, speak};
