//! The embedded store of the cloud's services: ordered tables of bytes in one SQLite file each.
//!
//! * What [`Store::commit`] and [`Store::transact`] answered with success is on the disk: WAL with `synchronous=FULL`.
//! * One writer thread a file takes all that waits into one transaction (group commit), so that many small commits
//!   cost one flush.
//! * Every value carries a checksum over its key and itself: a flipped bit is an error, not an answer.
//! * A file of a newer version is refused and left as it is; so is one that is damaged, or that has less than it had: a
//!   witness beside it knows how far it got.
//! * A [`Collection`] is a table with typed keys and values. What of it is in memory follows the file within the commit.
//! * A [`SegmentLog`] beside a store keeps streams of records that are only ever appended.
//! * A full disk refuses what takes room. Deletes, starts and shutdowns go on with a reserve.
//!
//! It knows nothing of AWS. It is not shared between processes: whoever assembles the cloud holds the lock.

mod attempts;
mod batch;
mod collection;
mod door;
mod error;
mod file;
mod held;
mod index;
mod key;
mod log;
mod memory;
mod ordered;
mod page;
mod private;
mod purge;
mod reserve;
mod scan;
mod store;
mod transaction;
mod vacuum;
mod within;
mod witness;
mod writer;

pub use attempts::Attempts;
pub use batch::Batch;
pub use collection::{Cached, Collection, Resident, Value};
pub use error::Error;
pub use held::Held;
pub use index::Index;
pub use key::Key;
pub use log::{
    Append, Dropped, Latest, Listing, Place, Query, Record, Records, SegmentLog, StreamId, Totals,
};
pub use memory::{Memory, View};
pub use ordered::{Ordered, Part};
pub use page::{NoPosition, Page, Position};
pub use reserve::Reserve;
pub use scan::{Entry, Scan};
pub use store::{Layout, Migration, Store};
pub use transaction::{Table, Transaction};
pub use within::{Changed, Within};
