//! Documents that were read before: each text is read once, as long as there is room.
//!
//! A document is found by the whole of its text, so what is kept cannot be out of date: whoever asks brings the text as it is
//! now. Whose policy it is, and which text that has, others know.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use crate::{MAX_DOCUMENT, ParseError, Policy};

/// Bytes of texts that are kept: with one more all are forgotten. A text's statements may take a hundred times as many, where
/// it is nothing but wildcards.
const MOST: usize = 2 * MAX_DOCUMENT;
/// What each takes besides.
const OVERHEAD: usize = 128;

/// What was read. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Documents(Arc<RwLock<Kept>>);

#[derive(Debug, Default)]
struct Kept {
    by_text: HashMap<Box<str>, Policy>,
    bytes: usize,
}

impl Documents {
    /// What a document says. One that cannot be read is not kept.
    pub fn read(&self, text: &str) -> Result<Policy, ParseError> {
        let kept = self.0.read().unwrap_or_else(PoisonError::into_inner).by_text.get(text).cloned();
        if let Some(policy) = kept {
            return Ok(policy);
        }
        let policy = Policy::parse(text)?;
        self.0.write().unwrap_or_else(PoisonError::into_inner).keep(text, policy.clone());
        Ok(policy)
    }
}

impl Kept {
    fn keep(&mut self, text: &str, policy: Policy) {
        let bytes = text.len() + OVERHEAD;
        if self.bytes + bytes > MOST {
            *self = Self::default();
        }
        if self.by_text.insert(text.into(), policy).is_none() {
            self.bytes += bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(sid: &str) -> String {
        format!(r#"{{"Statement":{{"Sid":"{sid}","Effect":"Allow","Action":"*","Resource":"*"}}}}"#)
    }

    #[test]
    fn each_text_is_read_once_as_long_as_there_is_room() {
        let documents = Documents::default();
        let bytes = || documents.0.read().unwrap().bytes;
        let read = |sid: &str| documents.read(&document(sid)).unwrap();
        let same = |a: &Policy, b: &Policy| std::ptr::eq(a.statements(), b.statements());
        let first = read("a");
        let of_one = bytes();
        assert!(same(&first, &read("a")) && !same(&first, &read("b")));
        assert_eq!(bytes(), 2 * of_one);
        assert_eq!(documents.read("{}").unwrap_err(), ParseError::Missing("Statement"));
        assert_eq!(bytes(), 2 * of_one, "what cannot be read takes no room");
        let mut forgotten = 0;
        for number in 0..4000 {
            let (before, sid) = (bytes(), number.to_string());
            assert_eq!(read(&sid).statements()[0].sid.as_deref(), Some(&*sid));
            assert!(bytes() <= MOST);
            forgotten += usize::from(bytes() < before);
        }
        assert!(forgotten > 1 && !same(&first, &read("a")));
        let longest = format!("{}{}", document("c"), " ".repeat(MAX_DOCUMENT - document("c").len()));
        assert!(same(&documents.read(&longest).unwrap(), &documents.read(&longest).unwrap()));
    }
}
