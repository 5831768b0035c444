//! The streams of a group in the order of their last records: what sealed segments say, and what lies behind them.

use std::collections::{BTreeMap, BTreeSet};

use super::catalog::{Catalog, Latest};
use super::frame::StreamId;
use super::index::Totals;
use crate::{Error, Transaction};

/// Which streams are listed.
#[derive(Clone, Copy, Debug)]
pub struct Listing {
    /// Of that group.
    pub group: u64,
    /// Behind that one, which need not be there.
    pub after: Option<Latest>,
    /// From the latest to the earliest.
    pub backward: bool,
    /// At most so many.
    pub most: usize,
}

/// Lists streams, each with what it holds. `open` has what is in segments whose index is not in the store yet.
///
/// A stream has up to two places, one in either. The later one counts, and the other is passed over.
pub(super) fn list(
    catalog: Catalog,
    reader: &Transaction<'_>,
    listing: Listing,
    open: Vec<(u32, StreamId, Totals)>,
) -> Result<Vec<(Latest, Totals)>, Error> {
    let mut found = Vec::new();
    if !catalog.has(reader, StreamId::all(listing.group))? {
        return Ok(found);
    }
    let sealed = catalog.sealed(reader)?;
    let mut fresh: BTreeMap<u64, Totals> = BTreeMap::new();
    for (_, of, totals) in open.into_iter().filter(|(segment, ..)| *segment > sealed) {
        fresh.entry(of.stream).or_default().add(&totals);
    }
    let mut places: BTreeSet<Latest> = fresh.iter().map(|(stream, totals)| (totals.last, *stream)).collect();
    let comes = |place: &Latest| {
        listing.after.is_none_or(|after| if listing.backward { *place < after } else { *place > after })
    };
    places.retain(comes);
    let mut after = listing.after;
    while found.len() < listing.most {
        let rows = catalog.latest(reader, listing.group, after, listing.backward, listing.most)?;
        let Some(last) = rows.last().copied() else { break };
        after = Some(last);
        places.extend(rows);
        // What the store has behind its last row may come before the rest.
        while found.len() < listing.most
            && let Some(place) = nearest(&mut places, listing.backward)
        {
            found.extend(at(catalog, reader, listing.group, place, &fresh)?);
            if place == last {
                break;
            }
        }
    }
    while found.len() < listing.most
        && let Some(place) = nearest(&mut places, listing.backward)
    {
        found.extend(at(catalog, reader, listing.group, place, &fresh)?);
    }
    Ok(found)
}

fn nearest(places: &mut BTreeSet<Latest>, backward: bool) -> Option<Latest> {
    if backward { places.pop_last() } else { places.pop_first() }
}

/// The stream at a place, if it is there and that is the later of its places.
fn at(
    catalog: Catalog,
    reader: &Transaction<'_>,
    group: u64,
    place: Latest,
    fresh: &BTreeMap<u64, Totals>,
) -> Result<Option<(Latest, Totals)>, Error> {
    let (time, stream) = place;
    let Some(mut totals) = catalog.totals(reader, StreamId { group, stream })? else { return Ok(None) };
    if let Some(fresh) = fresh.get(&stream) {
        totals.add(fresh);
    }
    Ok((totals.last == time).then_some((place, totals)))
}
