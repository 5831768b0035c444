//! A torn end is cut off; what was flushed and is not there any more is named, and nothing is touched.

use super::*;
use crate::log::writer::position;
use crate::witness::{Held, Testimony, Witness, read};

/// A log with some appends, each flushed by itself, closed; where each ends in the only file.
async fn written() -> (Home, StreamId, Vec<usize>) {
    let home = Home::new().await;
    let log = home.open().await.unwrap();
    let own = group(&log).await;
    let id = stream(&log, own).await;
    let mut ends = Vec::new();
    for n in 0..5_u8 {
        let records =
            vec![(i64::from(n), Bytes::from(vec![n; 20])), (i64::from(n), Bytes::from_static(b"b"))];
        log.append(id, 0, records).await.unwrap();
        ends.push(home.disk.contents().values().next().unwrap().len());
    }
    home.close(log).await;
    (home, id, ends)
}

/// Makes the witness know of less.
fn set_witness(home: &Home, end: usize) {
    let Testimony::Held(held) = read(&home.witness()).unwrap() else { panic!("there is none") };
    let generation = position(1, end as u32);
    Witness::create(&home.witness(), Held { generation, ..held }).unwrap();
}

/// Refused as damage, with the file's name; and nothing was touched.
async fn check_refused(home: &Home, what: &str) {
    let before = (home.disk.contents(), std::fs::read(home.witness()).unwrap());
    let error = home.open().await.err().unwrap_or_else(|| panic!("{what}: opened"));
    assert!(error.is_damage(), "{what}: {error}");
    assert!(error.to_string().contains("00000001-0"), "{what}: {error}");
    assert_eq!((home.disk.contents(), std::fs::read(home.witness()).unwrap()), before, "{what}: touched");
}

#[tokio::test]
async fn a_torn_end_is_cut_off_wherever_it_is_torn() {
    let (home, id, ends) = written().await;
    let whole = home.disk.contents();
    let (path, bytes) = whole.first_key_value().unwrap();
    for length in ends[2]..bytes.len() {
        let mut torn = bytes[..length].to_vec();
        // What was written last may be zeros, too.
        torn.resize(length + length % 2 * 100, 0);
        home.disk.set_contents(&BTreeMap::from([(path.clone(), torn)]));
        set_witness(&home, ends[2]);
        let log = home.open().await.unwrap();
        let appends = ends.iter().filter(|end| **end <= length).count();
        assert_eq!(all(&log, id).await.len(), 2 * appends, "cut at {length}");
        log.append(id, 0, vec![(9, Bytes::from_static(b"after"))]).await.unwrap();
        home.close(log).await;
        let log = home.open().await.unwrap();
        assert_eq!(all(&log, id).await.len(), 2 * appends + 1, "cut at {length}, opened again");
        home.close(log).await;
    }
}

#[tokio::test]
async fn what_was_answered_and_is_cut_off_is_a_loss() {
    let (home, _, ends) = written().await;
    let whole = home.disk.contents();
    let (path, bytes) = whole.first_key_value().unwrap();
    for length in (0..bytes.len()).step_by(7).chain(ends[..4].iter().copied()) {
        home.disk.set_contents(&BTreeMap::from([(path.clone(), bytes[..length].to_vec())]));
        check_refused(&home, &format!("cut at {length}")).await;
    }
    home.disk.set_contents(&BTreeMap::new());
    check_refused(&home, "missing").await;
}

#[tokio::test]
async fn no_flipped_bit_before_the_last_flush_is_taken_for_a_torn_end() {
    let (home, _, ends) = written().await;
    let whole = home.disk.contents();
    let (path, bytes) = whole.first_key_value().unwrap();
    // The witness may know of nothing.
    set_witness(&home, 0);
    for at in 0..ends[3] {
        let mut flipped = bytes.clone();
        flipped[at] ^= 0x20;
        home.disk.set_contents(&BTreeMap::from([(path.clone(), flipped)]));
        check_refused(&home, &format!("byte {at}")).await;
    }
}

#[tokio::test]
async fn a_damaged_record_of_a_full_segment_is_named_and_the_others_are_read() {
    let (home, id, ends) = written().await;
    let log = home.open().await.unwrap();
    log.roll().await.unwrap();
    home.close(log).await;
    let mut files = home.disk.contents();
    files.first_entry().unwrap().get_mut()[ends[1] + 30] ^= 1;
    home.disk.set_contents(&files);
    let log = home.open().await.unwrap();
    let page = log.page(Query::all(id)).await.unwrap();
    let times: Vec<_> = page.found.iter().map(|record| record.place.time).collect();
    assert_eq!(times, [0, 0, 1, 1, 3, 3, 4, 4]);
    assert!(page.damaged.len() == 1 && page.damaged[0].is_damage(), "{:?}", page.damaged);
    assert!(page.damaged[0].to_string().contains("00000001-0"));
    // It is not written anew: what is damaged stays as it is found.
    log.reclaim().await.unwrap();
    assert_eq!(home.disk.contents().len(), 2);
}

#[tokio::test]
async fn a_lost_segment_is_told_and_gone_on_without_once_its_witness_is_gone() {
    let (home, id, _) = written().await;
    let log = home.open().await.unwrap();
    log.roll().await.unwrap();
    log.append(id, 0, vec![(9, Bytes::from_static(b"kept"))]).await.unwrap();
    home.close(log).await;
    let mut files = home.disk.contents();
    files.pop_first();
    home.disk.set_contents(&files);
    check_refused(&home, "a full segment").await;
    std::fs::remove_file(home.witness()).unwrap();
    let log = home.open().await.unwrap();
    let times: Vec<_> = all(&log, id).await.keys().map(|place| place.time).collect();
    assert_eq!(times, [9]);
    assert_eq!(log.totals(vec![id]).await.unwrap()[0].unwrap().records, 1);
}
