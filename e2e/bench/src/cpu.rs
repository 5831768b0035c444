//! What processes took of the processors: of a process and all that it started.

use std::collections::HashMap;
use std::fs;

use anyhow::{Context, Result};

/// Microseconds in a tick of the kernel's accounts, 100 a second on Linux.
const TICK: f64 = 10_000.0;

/// Microseconds that a process and all below it took until now, in user space and in the kernel.
pub(crate) fn of_tree(root: u32) -> Result<f64> {
    let mut all = HashMap::new();
    for entry in fs::read_dir("/proc").context("failed to list /proc")? {
        let name = entry?.file_name();
        let Some(pid) = name.to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
        // It may have ended meanwhile.
        if let Ok(stat) = fs::read_to_string(format!("/proc/{pid}/stat"))
            && let Some(read) = read(&stat)
        {
            all.insert(pid, read);
        }
    }
    let is_below = |pid: u32| {
        let mut next = Some(pid);
        while let Some(pid) = next.filter(|pid| *pid != root) {
            next = all.get(&pid).map(|(parent, _)| *parent).filter(|parent| *parent != 0);
        }
        next == Some(root)
    };
    Ok(all.iter().filter(|(pid, _)| is_below(**pid)).map(|(_, (_, ticks))| ticks * TICK).sum())
}

/// A process's parent, and the ticks that it took.
fn read(stat: &str) -> Option<(u32, f64)> {
    // The name, in parentheses, may hold anything.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let number = |index: usize| fields.get(index)?.parse::<f64>().ok();
    Some((number(1)? as u32, number(11)? + number(12)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_hold_anything() {
        let stat = "42 (a) b (c)) S 7 42 42 0 -1 4194560 1 0 0 0 30 12 5 6 20 0 1 0 1 1 1";
        assert_eq!(read(stat), Some((7, 42.0)));
        assert!(of_tree(std::process::id()).is_ok());
    }
}
