//! Who reads which blobs: pure. A blob that nothing names any more goes when its last reader has gone.

use std::collections::{HashMap, HashSet};

/// The readers of blobs, by the blobs' ids.
#[derive(Debug, Default)]
pub(crate) struct Readers {
    reading: HashMap<String, usize>,
    freed: HashSet<String>,
}

impl Readers {
    /// A reader begins.
    pub(crate) fn begin<'a>(&mut self, ids: impl IntoIterator<Item = &'a str>) {
        for id in ids {
            *self.reading.entry(id.to_owned()).or_default() += 1;
        }
    }

    /// A reader ends. Gives what may go now.
    pub(crate) fn end<'a>(&mut self, ids: impl IntoIterator<Item = &'a str>) -> Vec<String> {
        let mut gone = Vec::new();
        for id in ids {
            let Some(count) = self.reading.get_mut(id) else { continue };
            *count -= 1;
            if *count == 0 {
                self.reading.remove(id);
                gone.extend(self.freed.take(id));
            }
        }
        gone
    }

    /// Nothing names these any more. Gives what may go now.
    pub(crate) fn free(&mut self, ids: impl IntoIterator<Item = String>) -> Vec<String> {
        let (read, gone) = ids.into_iter().partition(|id| self.reading.contains_key(id));
        self.freed.extend::<Vec<_>>(read);
        gone
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blob_goes_with_its_last_reader() {
        let mut readers = Readers::default();
        readers.begin(["a", "b"]);
        readers.begin(["b"]);
        assert_eq!(readers.free(["a", "b", "c"].map(str::to_owned)), ["c"]);
        assert_eq!(readers.end(["a", "b"]), ["a"]);
        assert_eq!(readers.end(["b"]), ["b"]);
        assert_eq!(readers.end(["b"]), Vec::<String>::new());
        assert!(readers.reading.is_empty() && readers.freed.is_empty());
    }
}
