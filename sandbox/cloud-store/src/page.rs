//! A part of a collection at a time: bounded in records and bytes, and gone on with where it ended.

use std::fmt;
use std::str::FromStr;

use crate::Error;

/// Records in order, and where to go on.
#[derive(Debug)]
pub struct Page<K, V> {
    /// What was asked for, as far as it can be read.
    pub records: Vec<(K, V)>,
    /// One for each record that cannot be read, with its key.
    pub unreadable: Vec<Error>,
    /// Where the next page begins; none if there is none.
    pub next: Option<Position>,
}

/// A place between two records. As a text it means nothing to anybody else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position(pub(crate) Vec<u8>);

/// Failed to read a position.
#[derive(Debug, thiserror::Error)]
#[error("this is no position in a collection")]
pub struct NoPosition;

impl fmt::Display for Position {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for byte in &self.0 {
            write!(formatter, "{byte:02x}")?;
        }
        write!(formatter, "{:08x}", crc32fast::hash(&self.0))
    }
}

impl FromStr for Position {
    type Err = NoPosition;

    fn from_str(text: &str) -> Result<Self, NoPosition> {
        let (pairs, rest) = text.as_bytes().as_chunks::<2>();
        let digits = |pair: &[u8; 2]| {
            let text = str::from_utf8(pair).ok().filter(|text| !text.starts_with('+'))?;
            u8::from_str_radix(text, 16).ok()
        };
        let bytes: Option<Vec<u8>> = pairs.iter().map(digits).collect();
        let bytes = bytes.filter(|_| rest.is_empty()).ok_or(NoPosition)?;
        let (key, sum) = bytes.split_last_chunk::<4>().ok_or(NoPosition)?;
        if crc32fast::hash(key).to_be_bytes() == *sum { Ok(Self(key.to_vec())) } else { Err(NoPosition) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_is_read_as_it_was_told_or_not_at_all() {
        for key in [&b""[..], b"a", b"\0\xff name"] {
            let text = Position(key.to_vec()).to_string();
            assert_eq!(text.parse::<Position>().unwrap().0, key);
            for wrong in [format!("{text}0"), format!("{text}00"), format!("+{}", &text[1..]), "é".repeat(4)]
            {
                assert!(wrong.parse::<Position>().is_err(), "{wrong}");
            }
        }
        assert!("".parse::<Position>().is_err());
    }
}
