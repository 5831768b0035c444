//! CBOR as another reader has it: a tree of all that a document holds (RFC 8949), and what that is by a schema.

use cloud_wire::shape::{Described, Given};
use cloud_wire::{Kind, Member, Schema, Shape, timestamp};

use crate::values::Said;

/// As deep as values may lie in one another; what a tag is of is as deep as the tag.
const DEEP: usize = 128;

/// An item.
#[derive(Debug)]
pub(crate) enum Tree {
    /// Neither there nor anything else: null and undefined.
    Null,
    Flag(bool),
    Integer(i128),
    Float(f64),
    Text(String),
    Bytes(Vec<u8>),
    Array(Vec<Self>),
    Map(Vec<(Self, Self)>),
    Tag(u64, Box<Self>),
    /// A value without a meaning.
    Simple,
}

/// The one item that a document is; none where it is not well-formed.
pub(crate) fn read(document: &[u8]) -> Option<Tree> {
    let mut reader = Reader(document);
    let tree = reader.item(1)?;
    reader.0.is_empty().then_some(tree)
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: u64) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(usize::try_from(count).ok()?)?;
        self.0 = rest;
        Some(taken)
    }

    /// A big-endian number of so many bytes.
    fn number(&mut self, bytes: u64) -> Option<u64> {
        Some(self.take(bytes)?.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    /// What an initial byte says of a length or number; none inside where the end says it.
    #[allow(clippy::option_option, reason = "cut off, and without a length, are two things")]
    fn argument(&mut self, initial: u8) -> Option<Option<u64>> {
        Some(match initial & 31 {
            small @ 0..24 => Some(u64::from(small)),
            size @ 24..28 => Some(self.number(1 << (size - 24))?),
            31 => None,
            _ => return None,
        })
    }

    /// Whether the end of parts has come; it is taken.
    fn ended(&mut self, left: &mut Option<u64>) -> Option<bool> {
        match left {
            Some(0) => return Some(true),
            Some(left) => *left -= 1,
            None if *self.0.first()? == 0xff => {
                self.take(1)?;
                return Some(true);
            }
            None => {}
        }
        Some(false)
    }

    fn item(&mut self, depth: usize) -> Option<Tree> {
        let initial = *self.take(1)?.first()?;
        if depth > DEEP && !matches!(initial, 0xf6 | 0xf7) {
            return None;
        }
        let major = initial >> 5;
        if major == 7 {
            return self.simple(initial);
        }
        let argument = self.argument(initial)?;
        Some(match (major, argument) {
            (0, Some(number)) => Tree::Integer(i128::from(number)),
            (1, Some(number)) => Tree::Integer(-1 - i128::from(number)),
            (2, _) => Tree::Bytes(self.string(2, argument)?.concat()),
            (3, _) => {
                let parts = self.string(3, argument)?.into_iter().map(String::from_utf8);
                Tree::Text(parts.collect::<Result<Vec<_>, _>>().ok()?.concat())
            }
            (4, mut left) => {
                let mut items = Vec::new();
                while !self.ended(&mut left)? {
                    items.push(self.item(depth + 1)?);
                }
                Tree::Array(items)
            }
            (5, mut left) => {
                let mut entries = Vec::new();
                while !self.ended(&mut left)? {
                    entries.push((self.item(depth + 1)?, self.item(depth + 1)?));
                }
                Tree::Map(entries)
            }
            (6, Some(tag)) => Tree::Tag(tag, Box::new(self.tagged(depth)?)),
            _ => return None,
        })
    }

    /// What a tag is of. Tags of tags are one: no schema has them.
    fn tagged(&mut self, depth: usize) -> Option<Tree> {
        let mut deeper = false;
        while let Some(initial @ 0xc0..0xe0) = self.0.first().copied() {
            self.take(1)?;
            self.argument(initial)??;
            deeper = true;
        }
        let item = self.item(depth)?;
        Some(if deeper { Tree::Tag(0, Box::new(item)) } else { item })
    }

    /// The parts of a text or of bytes.
    fn string(&mut self, major: u8, stated: Option<u64>) -> Option<Vec<Vec<u8>>> {
        if let Some(length) = stated {
            return Some(vec![self.take(length)?.to_vec()]);
        }
        let mut parts = Vec::new();
        while !self.ended(&mut None)? {
            let initial = *self.take(1)?.first()?;
            let length = self.argument(initial)?.filter(|_| initial >> 5 == major)?;
            parts.push(self.take(length)?.to_vec());
        }
        Some(parts)
    }

    fn simple(&mut self, initial: u8) -> Option<Tree> {
        Some(match initial & 31 {
            20 => Tree::Flag(false),
            21 => Tree::Flag(true),
            22 | 23 => Tree::Null,
            0..20 => Tree::Simple,
            24 => {
                self.take(1)?;
                Tree::Simple
            }
            25 => Tree::Float(half(self.number(2)? as u16)),
            26 => Tree::Float(f64::from(f32::from_bits(self.number(4)? as u32))),
            27 => Tree::Float(f64::from_bits(self.number(8)?)),
            _ => return None,
        })
    }
}

/// A number of 16 bits, by the sums of RFC 8949's appendix D.
fn half(bits: u16) -> f64 {
    let (exponent, fraction) = (i32::from(bits >> 10 & 31), f64::from(bits & 1023));
    let size = match exponent {
        0 => fraction * 2_f64.powi(-24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (fraction + 1024.0) * 2_f64.powi(exponent - 25),
    };
    if bits >> 15 == 1 { -size } else { size }
}

/// A tree as a value of the type; none where it is not of its schema.
pub(crate) fn understood<T: Described>(tree: &Tree) -> Option<T> {
    let mut value = T::default();
    let said = model(tree, T::schema(), &mut value)?;
    (said != Said::Gaps).then_some(value)
}

/// Fills a value of the schema with a tree; none where it is not of it.
fn model(tree: &Tree, schema: &Schema, into: &mut dyn Shape) -> Option<Said> {
    let mut said = Said::Whole;
    let given = match (tree, schema.kind) {
        (Tree::Null, _) => return Some(Said::Nothing),
        (Tree::Flag(flag), Kind::Boolean) => Given::Boolean(*flag),
        (Tree::Text(text), Kind::String(_)) => Given::Text(text.into()),
        (Tree::Bytes(bytes), Kind::Blob) => Given::Blob(bytes.clone().into()),
        (Tree::Integer(number), Kind::Integer) => Given::Integer(i64::try_from(*number).ok()?),
        (Tree::Integer(_) | Tree::Float(_), Kind::Float) => Given::Float(number(tree)?),
        (Tree::Tag(1, of), Kind::Timestamp(_)) => Given::Timestamp(timestamp::from_seconds(number(of)?)?),
        (Tree::Array(items), Kind::List { element, .. }) => {
            into.begin();
            for tree in items {
                said = said.max(model(tree, element, into.element()?)?.as_part());
            }
            return Some(said);
        }
        (Tree::Map(entries), Kind::Map { value, .. }) => {
            into.begin();
            for (key, tree) in entries {
                said = said.max(model(tree, value, into.entry(text(key)?.to_owned())?)?.as_part());
            }
            return Some(said);
        }
        (Tree::Map(entries), Kind::Structure(members)) => {
            into.begin();
            // What is said last counts.
            let mut last = vec![Said::Nothing; members.len()];
            for (place, member, tree) in known(entries, members)? {
                into.member(place)?.clear();
                last[place] = model(tree, member.schema, into.member(place)?)?;
            }
            return Some(if last.contains(&Said::Gaps) { Said::Gaps } else { Said::Whole });
        }
        (Tree::Map(entries), Kind::Union(members)) => {
            let mut known = known(entries, members)?;
            known.retain(|(_, _, tree)| !matches!(tree, Tree::Null));
            let [(place, member, tree)] = known.as_slice() else { return None };
            return model(tree, member.schema, into.variant(*place)?);
        }
        _ => return None,
    };
    into.set(given).ok().map(|()| said)
}

/// The entries that members are; none where one is called by no text.
fn known<'t>(
    entries: &'t [(Tree, Tree)],
    members: &'static [Member],
) -> Option<Vec<(usize, &'static Member, &'t Tree)>> {
    let mut known = Vec::new();
    for (key, tree) in entries {
        let name = text(key)?;
        let member = members.iter().enumerate().find(|(_, member)| member.wire == name);
        known.extend(member.map(|(place, member)| (place, member, tree)));
    }
    Some(known)
}

fn text(tree: &Tree) -> Option<&str> {
    match tree {
        Tree::Text(text) => Some(text),
        _ => None,
    }
}

fn number(tree: &Tree) -> Option<f64> {
    match tree {
        Tree::Integer(number) => Some(i64::try_from(*number).ok()? as f64),
        Tree::Float(number) => Some(*number),
        _ => None,
    }
}
