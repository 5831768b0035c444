//! What a page costs, however many segments and streams there are: counted in rows that are looked at.

use super::super::catalog::{Catalog, rows_of_places};
use super::super::{Latest, Listing};
use super::*;
use crate::Transaction;

/// A log of so many segments, of which one stream has all and another the last one, too.
async fn of_segments(count: i64) -> (Home, SegmentLog, StreamId, StreamId) {
    let home = Home::new().await;
    let log = home.open().await.unwrap();
    let own = group(&log).await;
    let (all, last) = (stream(&log, own).await, stream(&log, own).await);
    for n in 0..count {
        log.append(all, n, vec![(n, Bytes::from("x".repeat(SEGMENT as usize - 300)))]).await.unwrap();
    }
    log.append(last, count, vec![(count, Bytes::from_static(b"last"))]).await.unwrap();
    log.roll().await.unwrap();
    (home, log, all, last)
}

/// The rows that were looked at for something.
async fn looked_at<T>(log: &SegmentLog, work: impl Future<Output = T>) -> (T, u64) {
    let before = log.store().seen();
    let answer = work.await;
    (answer, log.store().seen() - before)
}

#[tokio::test]
async fn a_page_costs_as_much_in_many_segments_as_in_few() {
    let mut costs = Vec::new();
    for count in [20, 400] {
        let (_home, log, all, last) = of_segments(count).await;
        let mut most = 0;
        for of in [StreamId::all(all.group), all] {
            for (at, backward) in [(0, false), (count / 2, false), (count / 2, true), (count, true)] {
                let mut query = Query { records: 2, backward, ..Query::all(of) };
                let place = Place { time: at, number: 0 };
                if backward {
                    query.until = place;
                } else {
                    query.from = place;
                }
                let (page, rows) = looked_at(&log, log.page(query)).await;
                let expected = if backward { [at - 1, at - 2] } else { [at, at + 1] };
                let found: Vec<_> = page.unwrap().found.iter().map(|record| record.place.time).collect();
                assert_eq!(found, expected, "{query:?}");
                most = most.max(rows);
            }
        }
        let (page, rows) = looked_at(&log, log.page(Query::all(last))).await;
        assert_eq!(page.unwrap().found.len(), 1);
        costs.push((most, rows));
    }
    let [(few, one), (many, other)] = costs[..] else { unreachable!() };
    // A block of the largest is of 64 segments here, and all of these are looked at.
    assert!(many <= few + 400 / 64 + 12 && other <= one, "{costs:?} rows");
}

#[tokio::test]
async fn streams_by_their_last_records_cost_what_is_shown() {
    let mut costs = Vec::new();
    for count in [30, 600] {
        let home = Home::new().await;
        let log = home.open().await.unwrap();
        let own = group(&log).await;
        let of = log.clone();
        let begin = move |transaction: &mut Transaction<'_>| {
            (0..count).map(|_| of.begin_stream(transaction, own)).collect::<Result<Vec<_>, Error>>()
        };
        let streams = log.store().transact(begin).await.unwrap();
        let appends = (0..).zip(&streams).map(|(n, id)| (*id, n, vec![(n, Bytes::from_static(b"text"))]));
        log.append_all(appends.collect()).await.unwrap();
        log.roll().await.unwrap();
        let mut most = 0;
        let mut after: Option<Latest> = None;
        for page in 0..3 {
            let listing = Listing { group: own, after, backward: true, most: 10 };
            let (found, rows) = looked_at(&log, log.streams(listing)).await;
            let found = found.unwrap();
            let times: Vec<_> = found.iter().filter_map(|((time, _), _)| *time).collect();
            let last = count - 10 * page;
            assert_eq!(times, (last - 10..last).rev().collect::<Vec<_>>());
            after = found.last().map(|(place, _)| *place);
            most = most.max(rows);
        }
        costs.push(most);
    }
    assert_eq!(costs[0], costs[1], "rows for a page of 30 streams and of 600");
}

/// A log that was written before has none of this.
#[tokio::test]
async fn what_an_older_log_lacks_is_made() {
    let (_home, log, all, _) = of_segments(30).await;
    let expected = log.store().read(|reader| rows_of_places(Catalog(LOG), reader)).await.unwrap();
    // The last records of both streams, and stretches.
    assert!(expected.len() > 2, "{} rows", expected.len());
    let bring_up = |transaction: &mut Transaction<'_>| -> Result<_, Error> {
        for (key, _) in rows_of_places(Catalog(LOG), transaction)? {
            transaction.delete(LOG, key)?;
        }
        SegmentLog::bring_up(transaction, LOG)?;
        rows_of_places(Catalog(LOG), transaction)
    };
    assert_eq!(log.store().transact(bring_up).await.unwrap(), expected);
    let page = log.page(Query { records: 40, bytes: 1 << 20, ..Query::all(all) }).await.unwrap();
    assert_eq!(page.found.len(), 30);
}
