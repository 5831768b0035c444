//! What a browser loads before it can do something, against what it may: bytes as sent, compressed. A release build that
//! is over a limit fails.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Result, bail};

use super::bundle::Metafile;
use super::compress::twin;
use super::has_extension;

/// A part that loads at once, and its limit in bytes.
struct Budget {
    part: &'static str,
    /// How the source that pulls the part in ends.
    entry: &'static str,
    limit: u64,
}

const BUDGETS: [Budget; 4] = [
    Budget { part: "boot script", entry: "src/boot.ts", limit: 15_000 },
    Budget { part: "styles", entry: "styles.css", limit: 15_000 },
    Budget { part: "editor", entry: "src/editor/mount.ts", limit: 190_000 },
    Budget { part: "terminal", entry: "src/terminal/mount.ts", limit: 95_000 },
];
/// The application's module and its chunks are no entries of the bundle but files of it, known by how their names
/// begin. What several chunks share (`chunk_`, the tiny of it in the pack) counts once for all. What is seldom seen
/// belongs into chunks.
const MODULES: [Module; 13] = [
    Module { part: "application", prefix: "app_bg-", limit: 255_000 },
    Module { part: "chunk bottom", prefix: "split_bottom-", limit: 21_000 },
    Module { part: "chunk palette", prefix: "split_palette-", limit: 19_500 },
    Module { part: "chunk cloud", prefix: "split_cloud-", limit: 28_000 },
    Module { part: "chunk cloud_state", prefix: "split_cloud_state-", limit: 22_500 },
    Module { part: "chunk files", prefix: "split_files-", limit: 16_500 },
    Module { part: "chunk settings", prefix: "split_settings-", limit: 32_500 },
    Module { part: "chunk function", prefix: "split_function-", limit: 65_000 },
    Module { part: "chunk messaging", prefix: "split_messaging-", limit: 23_500 },
    Module { part: "chunk over", prefix: "split_over-", limit: 16_500 },
    Module { part: "chunk search", prefix: "split_search-", limit: 36_500 },
    Module { part: "shared by chunks", prefix: "chunk_", limit: 20_500 },
    Module { part: "shared by chunks, tiny", prefix: "chunks-", limit: 12_500 },
];

/// A WebAssembly file, and its limit in bytes.
struct Module {
    part: &'static str,
    prefix: &'static str,
    limit: u64,
}

/// Prints every part's size and fails when one is over its limit, or has none.
pub(super) fn check(metafile: &Metafile, assets: &Path) -> Result<()> {
    let booted = metafile.closure(metafile.output_of("src/boot.ts"));
    let mut parts = Vec::new();
    let is_code = |name: &&str| has_extension(name, "wasm") || has_extension(name, "pack");
    let mut unknown: BTreeSet<_> = metafile.names().filter(is_code).collect();
    for module in &MODULES {
        let files: BTreeSet<_> = unknown
            .iter()
            .filter(|name| name.starts_with(module.prefix))
            .map(|name| (*name).to_owned())
            .collect();
        unknown.retain(|name| !files.contains(*name));
        parts.push((module.part, sent(assets, &files), module.limit));
    }
    parts.extend(unknown.into_iter().map(|name| (name, sent(assets, &BTreeSet::from([name.to_owned()])), 0)));
    for budget in &BUDGETS {
        let mut files = metafile.closure(metafile.output_of(budget.entry));
        if budget.entry != "src/boot.ts" {
            files.retain(|file| !booted.contains(file));
        }
        parts.push((budget.part, sent(assets, &files), budget.limit));
    }
    let mut over = Vec::new();
    for (part, bytes, limit) in parts {
        println!("{bytes:>9} of {limit:>7}  {part}");
        if bytes > limit {
            over.push(format!("{part} by {}", bytes - limit));
        }
    }
    if over.is_empty() {
        Ok(())
    } else {
        bail!("over the limit of bytes (web/budget.rs): {}", over.join(", "))
    }
}

/// Bytes as sent.
fn sent(assets: &Path, files: &BTreeSet<String>) -> u64 {
    let size = |path: &Path| fs::metadata(path).map(|metadata| metadata.len());
    files
        .iter()
        .map(|file| assets.join(file))
        .map(|file| size(&twin(&file)).or_else(|_| size(&file)).unwrap_or(0))
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is said of these files, of `.wasm` with twice the bytes that are sent.
    fn check(files: &[(&str, u64)], expected: &str) {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, bytes: u64| {
            fs::File::create(folder.path().join(name)).and_then(|file| file.set_len(bytes)).unwrap();
        };
        let mut outputs = serde_json::Map::new();
        for &(name, bytes) in files {
            write(name, 2 * bytes);
            write(&format!("{name}.br"), bytes);
            outputs.insert(format!("x/{name}"), serde_json::json!({}));
        }
        let metafile = serde_json::from_value(serde_json::json!({ "outputs": outputs })).unwrap();
        let said =
            super::check(&metafile, folder.path()).map_or_else(|error| error.to_string(), |()| String::new());
        assert_eq!(said, expected);
    }

    #[test]
    fn what_counts_is_what_is_sent() {
        check(&[("app_bg-A.wasm", MODULES[0].limit)], "");
        check(
            &[("app_bg-A.wasm", MODULES[0].limit + 1)],
            "over the limit of bytes (web/budget.rs): application by 1",
        );
    }

    #[test]
    fn every_chunk_has_a_limit() {
        let (bottom, shared) = (MODULES[1].limit + 12, MODULES[11].limit);
        check(
            &[("split_bottom-A.wasm", bottom), ("chunk_2-B.wasm", shared), ("split_new-C.wasm", 3)],
            "over the limit of bytes (web/budget.rs): chunk bottom by 12, split_new-C.wasm by 3",
        );
    }
}
