//! The embedded store of the cloud's services: ordered tables of bytes in one SQLite file each.
//!
//! * What [`Store::commit`] and [`Store::transact`] answered with success is on the disk: WAL with `synchronous=FULL`.
//! * One writer thread a file takes all that waits into one transaction (group commit), so that many small commits
//!   cost one flush.
//! * Every value carries a checksum over its key and itself: a flipped bit is an error, not an answer.
//! * A file of a newer version is refused and left as it is; so is one that is damaged, or that has less than it had: a
//!   witness beside it knows how far it got.
//! * A full disk refuses what takes room. Deletes, starts and shutdowns go on with a reserve.
//!
//! It knows nothing of AWS. It is not shared between processes: whoever assembles the cloud holds the lock.

mod attempts;
mod error;
mod file;
mod key;
mod private;
mod reserve;
mod store;
mod transaction;
mod witness;
mod writer;

pub use attempts::Attempts;
pub use error::Error;
pub use key::Key;
pub use reserve::Reserve;
pub use store::{Layout, Migration, Store};
pub use transaction::{Batch, Entry, Scan, Table, Transaction};
