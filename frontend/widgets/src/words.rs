//! The few words that widgets say by themselves. Which language they are in, the application knows.

use std::cell::Cell;

/// What a widget says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// On a button that tries again.
    Retry,
    /// On a button that sends a message away.
    Dismiss,
    /// The name of the list of messages.
    Messages,
    /// The name of what was found.
    Results,
    /// The name of a field for a name.
    Name,
    /// On what closes a tab, with the key for it.
    Close,
}

thread_local! {
    static SPEAKER: Cell<fn(Word) -> &'static str> = const { Cell::new(|_| "") };
}

/// Has widgets speak.
pub fn speak(speaker: fn(Word) -> &'static str) {
    SPEAKER.set(speaker);
}

pub(crate) fn say(word: Word) -> &'static str {
    SPEAKER.get()(word)
}
