//! How batches are taken apart.

use std::collections::BTreeMap;

use super::*;

fn record(id: &str) -> Record {
    Record {
        id: id.into(),
        receipt: Receipt(id.into()),
        payload: bytes::Bytes::new(),
        attributes: BTreeMap::new(),
        system: BTreeMap::new(),
        group_id: None,
        sent: jiff::Timestamp::UNIX_EPOCH,
        received: 1,
        trace: cloud_core::Trace::default(),
    }
}

#[track_caller]
fn check(kind: SourceKind, failed: &Failed, expected: [&[&str]; 2]) {
    let (done, left) = divide(kind, ["1", "2", "3"].map(record).into(), failed);
    let done: Vec<&str> = done.iter().map(|receipt| receipt.0.as_str()).collect();
    let left: Vec<&str> = left.iter().map(|record| record.id.as_str()).collect();
    assert_eq!([&done[..], &left[..]], expected);
}

#[test]
fn what_failed_is_not_acknowledged() {
    use SourceKind::{Queue, Stream};
    let second = Failed::Some(vec!["2".into()]);
    check(Queue, &second, [&["1", "3"], &["2"]]);
    check(Stream, &second, [&["1"], &["2", "3"]]);
    for kind in [Queue, Stream] {
        check(kind, &Failed::None, [&["1", "2", "3"], &[]]);
        check(kind, &Failed::All, [&[], &["1", "2", "3"]]);
    }
}
