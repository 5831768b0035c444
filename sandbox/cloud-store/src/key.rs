//! Keys of several parts that sort as their parts do.

/// Builds a key. Texts end with a byte that no text contains after escaping, numbers are big-endian.
///
/// ```
/// # use cloud_store::Key;
/// let key = Key::text("group").then_text("stream").then_number(7);
/// assert!(key.as_ref().starts_with(Key::text("group").as_ref()));
/// assert!(!key.as_ref().starts_with(Key::text("gro").as_ref()));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(Vec<u8>);

impl Key {
    /// A key that starts with a text.
    pub fn text(text: &str) -> Self {
        Self::default().then_text(text)
    }

    /// A key that starts with a number.
    pub fn number(number: u64) -> Self {
        Self::default().then_number(number)
    }

    /// Adds a text.
    #[must_use]
    pub fn then_text(self, text: &str) -> Self {
        self.then_bytes(text.as_bytes())
    }

    /// Adds bytes. A zero byte becomes 0 255, the end is 0 1, so `a` sorts before `a\0` before `ab`.
    #[must_use]
    pub fn then_bytes(mut self, bytes: &[u8]) -> Self {
        for &byte in bytes {
            self.0.push(byte);
            if byte == 0 {
                self.0.push(255);
            }
        }
        self.0.extend([0, 1]);
        self
    }

    /// Adds a number.
    #[must_use]
    pub fn then_number(mut self, number: u64) -> Self {
        self.0.extend(number.to_be_bytes());
        self
    }

    /// The bytes.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    /// Takes the key apart again: a text and what follows. None if there is no text at its start.
    pub fn split_text(bytes: &[u8]) -> Option<(String, &[u8])> {
        let (text, rest) = Self::split_bytes(bytes)?;
        Some((String::from_utf8(text).ok()?, rest))
    }

    /// Bytes and what follows. None if there are none at its start.
    pub fn split_bytes(bytes: &[u8]) -> Option<(Vec<u8>, &[u8])> {
        let mut text = Vec::new();
        let mut rest = bytes;
        loop {
            match rest {
                [0, 1, after @ ..] => return Some((text, after)),
                [0, 255, after @ ..] => {
                    text.push(0);
                    rest = after;
                }
                [byte, after @ ..] => {
                    text.push(*byte);
                    rest = after;
                }
                [] => return None,
            }
        }
    }

    /// A number and what follows.
    pub fn split_number(bytes: &[u8]) -> Option<(u64, &[u8])> {
        let (number, rest) = bytes.split_first_chunk::<8>()?;
        Some((u64::from_be_bytes(*number), rest))
    }
}

impl AsRef<[u8]> for Key {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn keys_sort_as_their_parts(a in "[\0-\u{3}a]{0,4}", b in "[\0-\u{3}a]{0,4}", m in any::<u64>(), n in any::<u64>()) {
            let key = |text: &str, number| Key::text(text).then_number(number);
            prop_assert_eq!(key(&a, m).cmp(&key(&b, n)), (a.as_bytes(), m).cmp(&(b.as_bytes(), n)));
            let bytes = key(&a, m).into_bytes();
            let (text, rest) = Key::split_text(&bytes).unwrap();
            prop_assert_eq!((text, Key::split_number(rest).unwrap().0), (a, m));
        }
    }
}
