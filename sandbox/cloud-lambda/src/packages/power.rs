//! The power fails at any moment: a package that was kept is there, as it was.

use std::path::Path;

use power_loss::{Image, Workload, record};

use super::*;

const PACKAGES: u32 = 12;

fn package(number: u32) -> Bytes {
    // What does not shrink takes several sectors.
    let module: Vec<u8> = (0..100 + number).flat_map(|n| Sha256::digest(n.to_le_bytes())).collect();
    zip_of(&[("bootstrap.wasm", &module), ("number", &number.to_le_bytes())]).expect("a zip")
}

/// What is recorded: packages are kept, several at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn works() {
    let Some(work) = Workload::begin().expect("told") else { return };
    let packages = Packages::open(work.disk()).expect("opened");
    let keep = async |number: u32| {
        let zip = package(number);
        packages.keep(zip.clone(), packages.begin(&hash(&zip))).await.expect("kept");
        work.mark(number).expect("said");
    };
    for number in (0..PACKAGES).step_by(2) {
        // One of them twice: who finds it there already promises as much.
        tokio::join!(keep(number), keep(number + 1), keep(number));
    }
}

async fn check(folder: &Path, marks: &[String], what: &str) {
    let packages = Packages::open(folder).unwrap_or_else(|error| panic!("{what}: {error}"));
    for mark in marks {
        let number: u32 = mark.parse().expect("a number");
        let zip = package(number);
        let kept = Package { hash: hash(&zip), size: zip.len() as u64, unzipped: None };
        let unpacked = packages.unpacked(&kept).await.unwrap_or_else(|error| panic!("{what}: lost: {error}"));
        let found = fs::read(unpacked.folder().join("number")).expect("read");
        assert_eq!(found, number.to_le_bytes(), "{what}");
    }
    let zip = package(PACKAGES);
    packages.keep(zip.clone(), packages.begin(&hash(&zip))).await.expect("it goes on");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_kept_survives_the_power() {
    let record = record("packages::power::works", &Image::default(), 0).expect("recorded");
    for loss in record.losses(0..60) {
        let disk = power_loss::folder().expect("a folder");
        loss.image.lay(disk.path()).expect("laid");
        check(disk.path(), &loss.marks, &format!("seed {}, after {} events", loss.seed, loss.at)).await;
    }
}
