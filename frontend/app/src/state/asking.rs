//! A question of a store, and what is heard while its answer is on its way.
//!
//! The agent says things in the order in which they happen, but an answer is put together before it is said: it may be
//! older than what was heard before it came. So events that come meanwhile are taken in once more after the answer, and a
//! second question waits for the answer to the first.

/// A question. `E` is what is heard of the same things.
#[derive(Debug)]
pub struct Asking<E> {
    under_way: bool,
    again: bool,
    heard: Vec<E>,
}

impl<E> Default for Asking<E> {
    fn default() -> Self {
        Self { under_way: false, again: false, heard: Vec::new() }
    }
}

impl<E: Clone> Asking<E> {
    /// Wants to ask: whether to do so now. While an answer is awaited the question is repeated after it.
    pub fn ask(&mut self) -> bool {
        self.again = self.under_way;
        !std::mem::replace(&mut self.under_way, true)
    }

    /// Something was heard.
    pub fn hear(&mut self, event: &E) {
        if self.under_way {
            self.heard.push(event.clone());
        }
    }

    /// The answer came: what is to be taken in once more after it, and whether to ask again.
    pub fn answered(&mut self) -> (Vec<E>, bool) {
        self.under_way = false;
        let again = std::mem::take(&mut self.again) && self.ask();
        (std::mem::take(&mut self.heard), again)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_heard_meanwhile_comes_after_the_answer() {
        let mut asking = Asking::default();
        asking.hear(&0);
        assert!(asking.ask());
        asking.hear(&1);
        assert!(!asking.ask(), "one at a time");
        asking.hear(&2);
        assert_eq!(asking.answered(), (vec![1, 2], true));
        asking.hear(&3);
        assert_eq!(asking.answered(), (vec![3], false));
        assert_eq!(asking.answered(), (vec![], false));
    }
}
