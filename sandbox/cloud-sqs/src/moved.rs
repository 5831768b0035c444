//! Messages that go from one queue to another: as dead letters, and back.

use cloud_core::Entropy;
use cloud_store::Error;

use crate::parcel::Parcel;
use crate::rows::Rows;
use crate::state::{Backlog, State, Taken};

/// Lays a dead letter of a queue down on another's backlog.
// AWS: a standard queue's goes on to age, a FIFO queue's begins anew; how often it was received goes on to be counted.
pub(crate) fn bury(
    backlog: &mut Backlog,
    rows: &mut impl Rows,
    dead: Taken,
    from: &str,
    wall_ms: i64,
) -> Result<(), Error> {
    let Taken { state, body, .. } = dead;
    let body = match Parcel::decode(&body) {
        Some(mut parcel) => {
            parcel.header.source = Some(from.to_owned());
            parcel.encode()?
        }
        None => body.to_vec(),
    };
    let sent_ms = if state.group.is_some() { wall_ms } else { state.sent_ms };
    let State { received, first_ms, group, tenant, .. } = state;
    let state = State { sent_ms, received, first_ms, group, tenant, ..State::default() };
    backlog.put(rows, &body, state).map(drop)
}

/// Lays a message down that a task moves.
// AWS: it is a new message, with a new id, and ages anew.
pub(crate) fn revive(
    backlog: &mut Backlog,
    rows: &mut impl Rows,
    moved: Taken,
    entropy: &dyn Entropy,
    wall_ms: i64,
) -> Result<(), Error> {
    let Taken { state, body, .. } = moved;
    let body = match Parcel::decode(&body) {
        Some(mut parcel) => {
            parcel.header.source = None;
            parcel.header.id = entropy.uuid().to_string();
            parcel.encode()?
        }
        None => body.to_vec(),
    };
    let State { group, tenant, .. } = state;
    let state = State { sent_ms: wall_ms, group, tenant, ..State::default() };
    backlog.put(rows, &body, state).map(drop)
}
