//! What processes hold: memory, descriptors, threads; and what a folder has on the disk.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use anyhow::{Context, Result};

use crate::program::memory_mb;

/// What is held at one moment.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Usage {
    pub(crate) memory_mb: f64,
    pub(crate) descriptors: f64,
    pub(crate) threads: f64,
    pub(crate) disk_mb: f64,
}

impl Usage {
    /// That of some processes together, and of a folder.
    pub(crate) fn of(processes: &[u32], folder: &Path) -> Self {
        let mut usage = Self { disk_mb: disk(folder) as f64 / 1e6, ..Self::default() };
        for process in processes {
            let count = |of: &str| fs::read_dir(format!("/proc/{process}/{of}")).map(Iterator::count);
            // A worker may have ended meanwhile.
            let (Ok(memory), Ok(descriptors), Ok(threads)) =
                (memory_mb(*process), count("fd"), count("task"))
            else {
                continue;
            };
            usage.memory_mb += memory;
            usage.descriptors += descriptors as f64;
            usage.threads += threads as f64;
        }
        usage
    }
}

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { memory_mb, descriptors, threads, disk_mb } = self;
        write!(
            f,
            "{memory_mb:.1} MB, {descriptors} descriptors, {threads} threads, {disk_mb:.1} MB on the disk"
        )
    }
}

/// Bytes that a folder's files take. What goes meanwhile does not count.
fn disk(folder: &Path) -> u64 {
    let (mut bytes, mut folders) = (0, vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            match entry.metadata() {
                Ok(found) if found.is_dir() => folders.push(entry.path()),
                Ok(found) => bytes += found.blocks() * 512,
                Err(_) => {}
            }
        }
    }
    bytes
}

/// Some processes and all below them.
pub(crate) fn tree(roots: impl IntoIterator<Item = u32>) -> Result<Vec<u32>> {
    let mut parents = HashMap::new();
    for entry in fs::read_dir("/proc").context("failed to list /proc")? {
        let Some(pid) = entry?.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else {
            continue;
        };
        if let Ok(stat) = fs::read_to_string(format!("/proc/{pid}/stat"))
            && let Some(parent) =
                stat.rsplit_once(')').and_then(|(_, rest)| rest.split_whitespace().nth(1)?.parse().ok())
        {
            parents.insert(pid, parent);
        }
    }
    let mut found: BTreeSet<u32> = roots.into_iter().filter(|root| parents.contains_key(root)).collect();
    loop {
        let below: Vec<u32> = parents
            .iter()
            .filter(|(pid, parent)| found.contains(*parent) && !found.contains(*pid))
            .map(|(pid, _)| *pid)
            .collect();
        if below.is_empty() {
            return Ok(found.into_iter().collect());
        }
        found.extend(below);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_holds_something() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("below")).unwrap();
        fs::write(folder.path().join("below/file"), vec![1; 1 << 20]).unwrap();
        let processes = tree([std::process::id()]).unwrap();
        assert!(processes.contains(&std::process::id()));
        let usage = Usage::of(&processes, folder.path());
        assert!(usage.memory_mb > 0.5 && usage.descriptors >= 3.0 && usage.threads >= 1.0, "{usage}");
        assert!(usage.disk_mb >= 1.0, "{usage}");
    }
}
