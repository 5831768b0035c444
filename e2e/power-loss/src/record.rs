//! What a process did, in order; and where the power may fail in it.

use std::ops::Range;

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use crate::{Change, Disk, Image};

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Something was asked of the disk.
    Change(Change),
    /// The process said something.
    Mark(String),
}

/// What a process did to a disk.
#[derive(Clone, Debug, Default)]
pub struct Record {
    /// The disk before.
    pub start: Disk,
    /// What happened, in order.
    pub events: Vec<Event>,
}

/// A power failure.
#[derive(Clone, Debug)]
pub struct Loss {
    /// What chose the moment and what was left: the same for the same record.
    pub seed: u64,
    /// How many events came before it.
    pub at: usize,
    /// What is on the disk afterwards.
    pub image: Image,
    /// What the process had said.
    pub marks: Vec<String>,
}

impl Record {
    /// A failure for each seed, by the moments at which they come.
    pub fn losses(&self, seeds: Range<u64>) -> impl Iterator<Item = Loss> + '_ {
        let mut moments: Vec<_> = seeds
            .map(|seed| {
                let mut dice = StdRng::seed_from_u64(seed);
                (dice.random_range(0..=self.events.len()), seed, dice)
            })
            .collect();
        moments.sort_by_key(|(at, seed, _)| (*at, *seed));
        let (mut disk, mut marks, mut done) = (self.start.clone(), Vec::new(), 0);
        moments.into_iter().map(move |(at, seed, mut dice)| {
            for event in self.events.get(done..at).unwrap_or_default() {
                match event {
                    Event::Change(change) => disk.change(change),
                    Event::Mark(mark) => marks.push(mark.clone()),
                }
            }
            done = at;
            Loss { seed, at, image: disk.power_lost(&mut dice), marks: marks.clone() }
        })
    }

    /// The disk after all of it.
    pub fn end(&self) -> Disk {
        let mut disk = self.start.clone();
        for event in &self.events {
            if let Event::Change(change) = event {
                disk.change(change);
            }
        }
        disk
    }
}
