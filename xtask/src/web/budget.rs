//! What a browser loads before it can do something, against what it may: bytes as sent, compressed. A test stage asks;
//! building does not fail over it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Result, bail};

use super::bundle::Metafile;
use super::compress::twin;

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
/// The application itself is no entry of the bundle but a file of it. The goal is 200,000: views that are seldom seen
/// belong into modules of their own then.
const MODULE_LIMIT: u64 = 350_000;

/// Prints every part's size and fails when one is over its limit.
pub(super) fn check(metafile: &Metafile, assets: &Path) -> Result<()> {
    let booted = metafile.closure(metafile.output_of("src/boot.ts"));
    let mut over = Vec::new();
    let module: BTreeSet<String> =
        metafile.names().filter(|name| name.starts_with("app_bg")).map(str::to_owned).collect();
    let mut parts = vec![("application", sent(assets, &module), MODULE_LIMIT)];
    for budget in &BUDGETS {
        let mut files = metafile.closure(metafile.output_of(budget.entry));
        if budget.entry != "src/boot.ts" {
            files.retain(|file| !booted.contains(file));
        }
        parts.push((budget.part, sent(assets, &files), budget.limit));
    }
    for (part, bytes, limit) in parts {
        println!("{bytes:>9} of {limit:>7}  {part}");
        if bytes > limit {
            over.push(part);
        }
    }
    if over.is_empty() { Ok(()) } else { bail!("over the limit: {}", over.join(", ")) }
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

    fn check_with(module: u64) -> Result<()> {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, bytes: u64| {
            fs::File::create(folder.path().join(name)).and_then(|file| file.set_len(bytes)).unwrap();
        };
        write("app_bg-A.wasm", 2 * MODULE_LIMIT);
        write("app_bg-A.wasm.br", module);
        let metafile = serde_json::from_str(r#"{"outputs": {"x/app_bg-A.wasm": {}}}"#).unwrap();
        check(&metafile, folder.path())
    }

    #[test]
    fn what_counts_is_what_is_sent() {
        assert!(check_with(MODULE_LIMIT).is_ok());
        assert_eq!(check_with(MODULE_LIMIT + 1).unwrap_err().to_string(), "over the limit: application");
    }
}
