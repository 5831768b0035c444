//! Typed keys of collections: bytes that sort as the keys do.

use std::fmt::Debug;
use std::hash::Hash;

use crate::Key;

/// A key of a collection. Its bytes sort as it does, and name it alone.
///
/// A text by itself is its own bytes, as is a number in eight of them; keys of several parts, also of one, are built as
/// [`Key`] builds them, so that all keys that begin with some parts have a prefix in common.
pub trait Ordered: Clone + Ord + Hash + Debug + Send + Sync + 'static {
    /// As it is kept.
    fn encode(&self) -> Vec<u8>;

    /// As it was kept. None if these bytes are no such key.
    fn decode(bytes: &[u8]) -> Option<Self>;
}

impl Ordered for String {
    fn encode(&self) -> Vec<u8> {
        self.as_bytes().to_vec()
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        Self::from_utf8(bytes.to_vec()).ok()
    }
}

impl Ordered for u64 {
    fn encode(&self) -> Vec<u8> {
        Key::number(*self).into_bytes()
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        Key::split_number(bytes).and_then(|(number, rest)| rest.is_empty().then_some(number))
    }
}

/// A part of a key of several.
pub trait Part: Clone + Ord + Hash + Debug + Send + Sync + 'static {
    /// Adds it to those before it.
    fn add(&self, key: Key) -> Key;

    /// Takes it from the front of those that are left.
    fn take(bytes: &[u8]) -> Option<(Self, &[u8])>;
}

impl Part for String {
    fn add(&self, key: Key) -> Key {
        key.then_text(self)
    }

    fn take(bytes: &[u8]) -> Option<(Self, &[u8])> {
        Key::split_text(bytes)
    }
}

impl Part for u64 {
    fn add(&self, key: Key) -> Key {
        key.then_number(*self)
    }

    fn take(bytes: &[u8]) -> Option<(Self, &[u8])> {
        Key::split_number(bytes)
    }
}

fn taken<P: Part>(rest: &mut &[u8]) -> Option<P> {
    let (part, after) = P::take(rest)?;
    *rest = after;
    Some(part)
}

macro_rules! parts {
    ($($part:ident $place:tt),+) => {
        impl<$($part: Part),+> Ordered for ($($part,)+) {
            fn encode(&self) -> Vec<u8> {
                let key = Key::default();
                $(let key = self.$place.add(key);)+
                key.into_bytes()
            }

            fn decode(bytes: &[u8]) -> Option<Self> {
                let mut rest = bytes;
                let key = ($(taken::<$part>(&mut rest)?,)+);
                rest.is_empty().then_some(key)
            }
        }
    };
}

parts!(A 0);
parts!(A 0, B 1);
parts!(A 0, B 1, C 2);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check<K: Ordered>(a: &K, b: &K) {
        assert_eq!(a.encode().cmp(&b.encode()), a.cmp(b), "{a:?} {b:?}");
        assert_eq!(K::decode(&a.encode()).as_ref(), Some(a));
    }

    proptest! {
        #[test]
        fn keys_sort_as_their_bytes(a in "[\0-\u{3}a]{0,4}", b in "[\0-\u{3}a]{0,4}", m in any::<u64>(), n in any::<u64>()) {
            check(&a, &b);
            check(&m, &n);
            check(&(a.clone(),), &(b.clone(),));
            check(&(a.clone(), m), &(b.clone(), n));
            check(&(a.clone(), b.clone(), m), &(b, a, n));
        }
    }
}
