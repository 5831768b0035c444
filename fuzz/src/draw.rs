//! Decisions and texts drawn from an input's bytes, from its front to its end; beyond the end everything is zero and empty.

/// What is left of an input.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Draw<'a>(pub(crate) &'a [u8]);

impl<'a> Draw<'a> {
    /// Whether nothing is left.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The next byte.
    pub(crate) fn byte(&mut self) -> u8 {
        self.bytes(1).first().copied().unwrap_or(0)
    }

    /// Up to so many bytes.
    pub(crate) fn bytes(&mut self, count: usize) -> &'a [u8] {
        let (taken, rest) = self.0.split_at(count.min(self.0.len()));
        self.0 = rest;
        taken
    }

    /// A number below `end`, which is not zero.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::from(self.byte()) % end
    }

    /// Eight bytes as a number.
    pub(crate) fn number(&mut self) -> u64 {
        self.bytes(8).iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
    }

    /// A short text, whose length is drawn first.
    pub(crate) fn text(&mut self) -> String {
        let length = self.below(24);
        String::from_utf8_lossy(self.bytes(length)).into_owned()
    }
}
