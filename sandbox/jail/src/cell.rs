//! A cell: a jail for programs that we did not write and do not understand, as many of them as like to be in it. They find
//! a system of their own to read, a package, a `/tmp`, and of the network their own loopback.
//!
//! The keeper is process 1 in there: our own program, which builds the rooms, starts the programs, reaps what is orphaned and
//! tells how they ended. Whoever started it gives it [`Order`]s and hears [`Word`]s over the socket that is its standard
//! input. It listens on the cell's loopback and hands the listening sockets out, so that who accepts there is outside and
//! nothing is relayed by it. A program may wait in a cell before it is known what for: [`Order::Assign`] brings package and
//! `/tmp`, and takes from the keeper what power it had.
//!
//! Not here: what is said on those sockets, and which programs there are.

mod keeper;
mod program;
mod rooms;
mod words;

pub use keeper::keep;
pub use rooms::tree;
pub use words::{Bind, End, Line, Order, Program, Rooms, Word, send};
