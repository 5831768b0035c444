//! How many batches of a queue are under way at once: few at first, more while all of them are busy, fewer after a failure.
//! Pure.
// AWS: "Lambda starts processing five batches at a time … If messages are still available, Lambda increases the number of
// processes that are reading batches by up to 300 more instances per minute." After failures it "gradually backs off".

use std::time::Duration;

/// How long it takes to grow by one.
const EVERY: Duration = Duration::from_millis(200);

#[derive(Debug)]
pub(super) struct Scale {
    first: usize,
    most: usize,
    places: usize,
    changed: Duration,
}

impl Scale {
    pub(super) fn new(first: usize, most: usize, now: Duration) -> Self {
        let most = most.max(1);
        let first = first.clamp(1, most);
        Self { first, most, places: first, changed: now }
    }

    /// Whether one more may begin while so many are under way. If not, and it may grow, when to ask again.
    pub(super) fn admits(&mut self, busy: usize, now: Duration) -> Result<(), Option<Duration>> {
        if busy == 0 {
            self.places = self.places.min(self.first);
        }
        if busy < self.places {
            return Ok(());
        }
        if self.places >= self.most {
            return Err(None);
        }
        let grows = self.changed.saturating_add(EVERY);
        if now < grows {
            return Err(Some(grows));
        }
        (self.places, self.changed) = (busy + 1, now);
        Ok(())
    }

    /// After a failure.
    pub(super) fn shrink(&mut self, now: Duration) {
        (self.places, self.changed) = ((self.places / 2).max(1), now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    #[test]
    fn it_grows_while_all_are_busy_and_shrinks_after_failures() {
        let mut scale = Scale::new(5, 7, at(0));
        assert_eq!(scale.admits(4, at(0)), Ok(()));
        assert_eq!(scale.admits(5, at(199)), Err(Some(at(200))));
        assert_eq!(scale.admits(5, at(200)), Ok(()));
        assert_eq!(scale.admits(6, at(200)), Err(Some(at(400))));
        assert_eq!(scale.admits(6, at(9000)), Ok(()), "by one, however long it was");
        assert_eq!(scale.admits(7, at(99_000)), Err(None));
        scale.shrink(at(99_000));
        assert_eq!(
            (scale.admits(2, at(99_000)), scale.admits(3, at(99_000))),
            (Ok(()), Err(Some(at(99_200))))
        );
        for _ in 0..9 {
            scale.shrink(at(100_000));
        }
        assert_eq!(
            (scale.admits(0, at(100_000)), scale.admits(1, at(100_000))),
            (Ok(()), Err(Some(at(100_200))))
        );
    }

    #[test]
    fn it_begins_anew_after_a_rest() {
        let mut scale = Scale::new(1, 9, at(0));
        assert_eq!(scale.admits(1, at(1000)), Ok(()));
        assert_eq!(scale.admits(0, at(2000)), Ok(()));
        assert_eq!(scale.admits(1, at(1100)), Err(Some(at(1200))), "one again");
        let mut alone = Scale::new(5, 0, at(0));
        assert_eq!((alone.admits(0, at(0)), alone.admits(1, at(9000))), (Ok(()), Err(None)));
    }
}
