//! Very many changes and objects: what they leave on the disk, and what they hold in memory.

use cloud_store::{Ordered, Store};

use super::*;
use crate::{
    records::{HELD_OBJECTS, HELD_UPLOADS, OBJECTS},
    shapes::{AbortMultipartUploadRequest, ListObjectsRequest, ListPartsRequest},
    state::Object,
};

#[tokio::test]
async fn five_hundred_changes_leave_the_file_of_what_there_is_and_nothing_to_remove() {
    let rig = Rig::new().await;
    for number in 0..500_u32 {
        let body = number.to_le_bytes();
        match number % 5 {
            0 | 1 => {
                let id = rig.begin(None, None).await;
                rig.part(&id, 1, b"replaced").await.unwrap();
                let part = rig.part(&id, 1, &body).await.unwrap();
                rig.part(&id, 2, b"left out").await.unwrap();
                if number % 5 == 0 {
                    rig.complete(&id, &[part], |_| {}).await.unwrap();
                } else {
                    let input = AbortMultipartUploadRequest {
                        bucket: "bucket".into(),
                        key: "key".into(),
                        upload_id: id,
                        ..AbortMultipartUploadRequest::default()
                    };
                    ops::multipart::abort(&rig.s3, &rig.caller, input).await.unwrap();
                }
            }
            2 => {
                rig.put("gone", &body).await;
                rig.delete("gone", None).await.unwrap();
            }
            3 => rig.copy(|input| input.key = "gone".into()).await.unwrap(),
            _ => drop(rig.put("key", &body).await),
        }
    }
    rig.delete("gone", None).await.unwrap();
    rig.until_files(1).await;
    assert!(blobs::files(&rig.folder.join("cloud/s3/incoming")).is_empty());
    while rig.s3.records().left_over().await != 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(rig.get("key").await.unwrap(), &499_u32.to_le_bytes()[..]);
}

/// A bucket with so many objects, in folders of ten; put as records, for what they hold is not asked.
async fn full(rig: &Rig, count: usize) {
    rig.put("0", b"like it").await;
    let like = rig.s3.records().object("bucket", "0").await.unwrap().unwrap();
    let mut object = Object::clone(&like);
    object.headers.metadata.insert("padding".into(), "x".repeat(1500));
    let object = serde_json::to_vec(&object).unwrap();
    let store: Store = rig.s3.records().store().clone();
    for slice in (0..count).collect::<Vec<_>>().chunks(5000) {
        let mut batch = cloud_store::Batch::new();
        for number in slice {
            let key = ("bucket".to_owned(), format!("{:05}/{}", number / 10, number % 10));
            batch.put(OBJECTS, key.encode(), object.clone());
        }
        store.commit(batch).await.unwrap();
    }
}

#[tokio::test]
async fn memory_is_bounded_however_many_objects_there_are() {
    let rig = Rig::new().await;
    let count = 20_000;
    full(&rig, count).await;
    let rig = rig.after_a_kill().await;
    let held = || rig.s3.records().bytes();
    assert_eq!(held(), 0, "a start reads none");
    let (mut seen, mut marker) = (Vec::new(), None);
    loop {
        let input = ListObjectsRequest {
            bucket: "bucket".into(),
            marker: marker.take(),
            ..ListObjectsRequest::default()
        };
        let page = ops::list::objects(&rig.s3, &rig.caller, input).await.unwrap();
        seen.extend(page.contents.unwrap().into_iter().filter_map(|listed| listed.key));
        if page.is_truncated != Some(true) {
            break;
        }
        marker = seen.last().cloned();
    }
    assert_eq!(seen.len(), count + 1);
    assert!(seen.is_sorted());
    assert_eq!(held(), 0, "a list holds none");
    let mut most = 0;
    for key in &seen {
        rig.s3.records().object("bucket", key).await.unwrap().unwrap();
        most = most.max(held());
    }
    assert!(most > HELD_OBJECTS / 2 && most <= HELD_OBJECTS, "{most} bytes are held");
    assert!(held() <= HELD_OBJECTS + HELD_UPLOADS);
}

#[tokio::test]
async fn pages_of_folders_are_as_long_as_pages_of_objects() {
    let rig = Rig::new().await;
    full(&rig, 20_000).await;
    let list = async |prefix: &str, after: Option<&str>| {
        let input = ListObjectsV2Request {
            bucket: "bucket".into(),
            prefix: Some(prefix.into()),
            delimiter: Some("/".into()),
            start_after: after.map(str::to_owned),
            ..ListObjectsV2Request::default()
        };
        let page = ops::list::objects_v2(&rig.s3, &rig.caller, input).await.unwrap();
        let folders = page.common_prefixes.unwrap().into_iter().filter_map(|folder| folder.prefix);
        let keys = page.contents.unwrap().into_iter().filter_map(|listed| listed.key);
        (folders.collect::<Vec<_>>(), keys.collect::<Vec<_>>(), page.is_truncated == Some(true))
    };
    let (folders, keys, more) = list("", None).await;
    assert_eq!((folders.len(), keys, more), (999, vec!["0".to_owned()], true));
    let (folders, keys, more) = list("", folders.last().map(String::as_str)).await;
    assert_eq!((folders.len(), keys.len(), more), (1000, 0, true));
    let (folders, _, more) = list("", folders.last().map(String::as_str)).await;
    assert_eq!((folders, more), (vec!["01999/".to_owned()], false));
    let (folders, keys, more) = list("00007/", Some("00007/3")).await;
    assert_eq!((folders.len(), keys.len(), more), (0, 6, false));
}

#[tokio::test]
async fn parts_are_listed_in_pages_and_an_upload_costs_no_more_with_many() {
    let rig = Rig::new().await;
    let id = rig.begin(None, None).await;
    let mut written = Vec::new();
    for number in 1..=60 {
        let before = rig.s3.records().store().written();
        rig.part(&id, number, b"part").await.unwrap();
        written.push(rig.s3.records().store().written() - before);
    }
    let (first, last) = (written[0], written[59]);
    assert!(last <= first + 16, "{first} bytes for the first part, {last} for the sixtieth");
    let (mut seen, mut marker) = (Vec::new(), None);
    loop {
        let input = ListPartsRequest {
            bucket: "bucket".into(),
            key: "key".into(),
            upload_id: id.clone(),
            max_parts: Some(25),
            part_number_marker: marker.take(),
            ..ListPartsRequest::default()
        };
        let page = ops::multipart::list_parts(&rig.s3, &rig.caller, input).await.unwrap();
        seen.push(page.parts.unwrap().len());
        if page.is_truncated != Some(true) {
            break;
        }
        marker = page.next_part_number_marker;
    }
    assert_eq!(seen, [25, 25, 10]);
}

/// As a store was before uploads were kept in order.
#[tokio::test]
async fn uploads_of_before_go_on() {
    const FORMER: cloud_store::Layout = cloud_store::Layout {
        tables: &[
            cloud_store::Table("buckets"),
            cloud_store::Table("objects"),
            cloud_store::Table("uploads"),
            cloud_store::Table("uploads_by_place"),
            cloud_store::Table("freed"),
        ],
        migrations: &[|_| Ok(())],
    };
    let folder = tempfile::tempdir().unwrap();
    let context = Context::for_test(folder.path()).0;
    let store = Store::open(context.database("s3"), FORMER).await.unwrap();
    let mut batch = cloud_store::Batch::new();
    let bucket = crate::state::Bucket::new(context.now(), "us-east-1", None);
    batch.put_json(cloud_store::Table("buckets"), "bucket", &bucket).unwrap();
    let part = r#"{"blob":{"id":"b1","size":4},"etag":"d41d8cd98f00b204e9800998ecf8427e","modified":"2026-01-01T00:00:00Z"}"#;
    let upload = format!(
        r#"{{"bucket":"bucket","key":"key","initiated":"2026-01-01T00:00:00Z","parts":{{"1":{part},"7":{part}}},
        "headers":{{"content_type":null,"cache_control":null,"content_disposition":null,"content_encoding":null,
        "content_language":null,"metadata":{{}}}}}}"#
    );
    batch.put(cloud_store::Table("uploads"), "id", upload);
    store.commit(batch).await.unwrap();
    drop(store);
    while context.database("s3").with_extension("db-wal").exists() {
        tokio::task::yield_now().await;
    }
    let s3 = S3::open(context).await.unwrap();
    let numbers: Vec<u32> =
        s3.records().parts("id", 0, 10).await.unwrap().into_iter().map(|(number, _)| number).collect();
    assert_eq!(numbers, [1, 7]);
    s3.records().upload("id", ("bucket", "key")).await.unwrap();
    s3.records().abort_upload("id", "bucket", "key").await.unwrap();
    assert!(s3.records().upload("id", ("bucket", "key")).await.is_err());
}
