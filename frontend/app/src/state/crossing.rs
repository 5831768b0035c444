//! An answer and events that cross: what was told while a question was under way holds against its answer.
//!
//! The agent tells every change in its order, but an answer may have been put together before some of them. So the events
//! that come between a question and its answer are taken in twice: when they come, and again after the answer.

/// The questions under way, and what was told since the first of them. `E` is what is told.
#[derive(Debug)]
pub struct Crossing<E> {
    questions: usize,
    told: Vec<E>,
}

impl<E> Default for Crossing<E> {
    fn default() -> Self {
        Self { questions: 0, told: Vec::new() }
    }
}

impl<E: Clone> Crossing<E> {
    /// A question goes out.
    pub fn ask(&mut self) {
        self.questions += 1;
    }

    /// Something is told.
    pub fn tell(&mut self, event: &E) {
        if self.questions > 0 {
            self.told.push(event.clone());
        }
    }

    /// A question is answered, or failed: what is to be taken in again after its answer.
    pub fn answered(&mut self) -> Vec<E> {
        self.questions = self.questions.saturating_sub(1);
        if self.questions == 0 { std::mem::take(&mut self.told) } else { self.told.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_crossed_is_taken_in_again() {
        let mut crossing = Crossing::default();
        crossing.tell(&1);
        crossing.ask();
        crossing.tell(&2);
        crossing.ask();
        crossing.tell(&3);
        assert_eq!(crossing.answered(), [2, 3]);
        crossing.tell(&4);
        assert_eq!(crossing.answered(), [2, 3, 4]);
        crossing.tell(&5);
        assert!(crossing.answered().is_empty());
    }
}
