//! What processes took of the processors: of a process alone, and of one with all that it started.

use std::collections::HashMap;
use std::fs;
use std::ops::{Add, Sub};

use anyhow::{Context, Result};

/// Microseconds in a tick of the kernel's accounts, 100 a second on Linux.
const TICK: f64 = 10_000.0;

/// Microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Cpu {
    pub(crate) user: f64,
    pub(crate) kernel: f64,
}

impl Cpu {
    /// In both.
    pub(crate) fn all(self) -> f64 {
        self.user + self.kernel
    }

    /// Each one's share of so many.
    pub(crate) fn each(self, count: f64) -> Self {
        Self { user: self.user / count, kernel: self.kernel / count }
    }
}

impl Add for Cpu {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { user: self.user + other.user, kernel: self.kernel + other.kernel }
    }
}

impl Sub for Cpu {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self { user: self.user - other.user, kernel: self.kernel - other.kernel }
    }
}

/// What a process took until now, and nothing that it started.
pub(crate) fn of_one(pid: u32) -> Result<Cpu> {
    let path = format!("/proc/{pid}/stat");
    let stat = fs::read_to_string(&path).with_context(|| format!("failed to read {path}"))?;
    Ok(read(&stat).with_context(|| format!("{path} does not read as expected"))?.1)
}

/// What a process and all below it took until now, but for those that have ended.
pub(crate) fn of_tree(root: u32) -> Result<Cpu> {
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
    let below = all.iter().filter(|(pid, _)| is_below(**pid));
    Ok(below.fold(Cpu::default(), |sum, (_, (_, cpu))| sum + *cpu))
}

/// A process's parent, and what it took.
fn read(stat: &str) -> Option<(u32, Cpu)> {
    // The name, in parentheses, may hold anything.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let number = |index: usize| fields.get(index)?.parse::<f64>().ok();
    Some((number(1)? as u32, Cpu { user: number(11)? * TICK, kernel: number(12)? * TICK }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_hold_anything() {
        let stat = "42 (a) b (c)) S 7 42 42 0 -1 4194560 1 0 0 0 30 12 5 6 20 0 1 0 1 1 1";
        assert_eq!(read(stat), Some((7, Cpu { user: 300_000.0, kernel: 120_000.0 })));
    }

    #[test]
    fn a_tree_is_more_than_its_root() {
        let own = std::process::id();
        let one = of_one(own).unwrap();
        assert!(of_tree(own).unwrap().all() >= one.all());
        assert!(of_one(0).is_err());
    }
}
