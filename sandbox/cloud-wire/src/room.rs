//! The memory that a request's input and answer take beyond their bytes, asked of the cloud's budget before it is
//! allocated. `[[],[],…]` is many times as large in memory as on the wire, and its sender decides how often.
//!
//! It estimates from above and measures nothing. The bytes as they came are [`Spool`](crate::spool::Spool)'s business.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use budget::{Budget, Exhausted, Reservation, Source};
use cloud_core::{AwsError, Refusal};

use crate::model::ServiceModel;

/// What is asked at once, so that a small document costs one question.
const STEP: u64 = 32 * 1024;
/// How long a request waits for room.
const WAIT: Duration = Duration::from_secs(10);
/// What an allocation takes beside its bytes.
pub(crate) const ALLOCATION: usize = 32;
/// How many times as large as its elements a growing list is while it grows.
pub(crate) const GROWTH: usize = 4;
/// What a member takes that is no structure, or an element.
const PART: usize = 5 * size_of::<usize>();
/// An element of a list of ours, and what a union takes.
pub(crate) const ELEMENT: usize = GROWTH * PART;
/// An entry of a document's object.
pub(crate) const MAP: usize = 12 * (size_of::<String>() + PART);
/// A pair of a query or form: two texts in a growing list.
pub(crate) const PAIR: usize = GROWTH * size_of::<(String, String)>() + 2 * ALLOCATION;

/// A structure of so many members.
pub(crate) const fn structure(members: usize) -> usize {
    3 * members * PART + ALLOCATION
}

/// Room that one request has asked for.
#[derive(Debug)]
pub(crate) struct Room {
    /// Nothing where nobody counts: what is read back from our own records, and what room was asked for before.
    held: Option<RefCell<Reservation>>,
    left: Cell<u64>,
    refused: RefCell<Option<Refused>>,
    /// What the service says of unions without a member and with several.
    unions: (Refusal, Refusal),
}

/// Why reading ended.
#[derive(Clone, Debug)]
enum Refused {
    Exhausted(Exhausted),
    Union(Refusal, &'static str),
}

impl Room {
    /// Room for what is not a stranger's.
    pub(crate) const fn unlimited() -> Self {
        Self {
            held: None,
            left: Cell::new(0),
            refused: RefCell::new(None),
            unions: ServiceModel::WRONG_UNION,
        }
    }

    /// The same, of a service that has words of its own for unions.
    pub(crate) fn with_unions(self, unions: (Refusal, Refusal)) -> Self {
        Self { unions, ..self }
    }

    /// Room for that source, which has a first step of it.
    pub(crate) async fn of(memory: &Budget, source: &Source) -> Result<Self, AwsError> {
        Ok(Self::holding(when_free(memory, source, STEP).await?))
    }

    /// Room within what is reserved and may grow.
    pub(crate) fn holding(held: Reservation) -> Self {
        let left = Cell::new(held.bytes());
        Self {
            held: Some(RefCell::new(held)),
            left,
            refused: RefCell::new(None),
            unions: ServiceModel::WRONG_UNION,
        }
    }

    /// How many bytes were asked for, of those that are counted.
    pub(crate) fn taken(&self) -> u64 {
        let held = self.held.as_ref().map_or(0, |held| held.borrow().bytes());
        held - self.left.get()
    }

    /// Asks for so many bytes more.
    pub(crate) fn take(&self, bytes: usize) -> Result<(), Exhausted> {
        let (Some(held), bytes) = (&self.held, bytes as u64) else { return Ok(()) };
        let left = self.left.get();
        if let Some(left) = left.checked_sub(bytes) {
            self.left.set(left);
            return Ok(());
        }
        let missing = bytes - left;
        let step = missing.max(STEP);
        let asked = held.borrow_mut().grow(step);
        if let Err(exhausted) = &asked {
            self.refused.replace(Some(Refused::Exhausted(exhausted.clone())));
        } else {
            self.left.set(step - missing);
        }
        asked
    }

    /// The refusal behind an error of a decoder that knows none but its own.
    pub(crate) fn refusal(&self) -> Option<AwsError> {
        Some(match self.refused.borrow().clone()? {
            Refused::Exhausted(exhausted) => exhausted.into(),
            Refused::Union(refusal, shape) => refusal.error(&[("shape", shape)]),
        })
    }

    /// Refuses a union that has no member, or several.
    pub(crate) fn wrong_union(&self, shape: &'static str, several: bool) -> AwsError {
        let refusal = if several { self.unions.1 } else { self.unions.0 };
        self.refused.replace(Some(Refused::Union(refusal, shape)));
        refusal.error(&[("shape", shape)])
    }

    /// What was taken, to be held as long as what it was taken for.
    pub(crate) fn into_held(self) -> Option<Reservation> {
        self.held.map(RefCell::into_inner)
    }
}

/// Takes bytes once there is room, within a time.
pub(crate) async fn when_free(memory: &Budget, source: &Source, bytes: u64) -> Result<Reservation, AwsError> {
    match tokio::time::timeout(WAIT, memory.reserve_when_free(source, bytes)).await {
        Ok(room) => Ok(room?),
        Err(_) => Ok(memory.reserve(source, bytes)?),
    }
}

#[cfg(test)]
#[allow(unreachable_pub, reason = "the macros make public items")]
pub(crate) mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::codec;
    use crate::model::Protocol;
    use crate::schema::{Member, Schema};

    /// Room with a limit of so many bytes.
    pub(crate) fn limited(bytes: u64) -> Room {
        Room::holding(Budget::new("tests", 2 * bytes).reserve(&Source::named("test", "one"), 0).unwrap())
    }

    static TEXT: Schema = Schema::string("Text");
    static TEXTS: Schema = Schema::list("Texts", &TEXT);
    static LISTS: Schema = Schema::list("Lists", &TEXTS);
    static TAGS: Schema = Schema::map("Tags", &TEXT, &TEXT);
    static MAPS: Schema = Schema::list("Maps", &TAGS);
    static THINGS: Schema = Schema::list("Things", &THING);

    crate::structure! {
        pub struct Thing as THING {
            a: Option<String> = Member::new("A", &TEXT),
            b: Option<String> = Member::new("B", &TEXT),
            tags: Option<BTreeMap<String, String>> = Member::new("Tags", &TAGS),
            texts: Option<Vec<String>> = Member::new("Texts", &TEXTS),
        }
        pub struct Root as ROOT {
            lists: Option<Vec<Vec<String>>> = Member::new("Lists", &LISTS),
            maps: Option<Vec<BTreeMap<String, String>>> = Member::new("Maps", &MAPS),
            things: Option<Vec<Thing>> = Member::new("Things", &THINGS),
            texts: Option<Vec<String>> = Member::new("Texts", &TEXTS),
            text: Option<String> = Member::new("Text", &TEXT),
        }
    }

    /// The bytes of a root, by the room that its lists and texts have; of a map its entries without the rest of its nodes.
    fn weight(root: &Root) -> usize {
        fn list<T>(list: Option<&Vec<T>>, weight: impl Fn(&T) -> usize) -> usize {
            list.map_or(0, |list| list.capacity() * size_of::<T>() + list.iter().map(weight).sum::<usize>())
        }
        let map = |map: &BTreeMap<String, String>| {
            let entry = |(key, value): (&String, &String)| 2 * size_of::<String>() + key.len() + value.len();
            map.iter().map(entry).sum::<usize>()
        };
        let thing =
            |thing: &Thing| thing.tags.as_ref().map_or(0, map) + list(thing.texts.as_ref(), String::capacity);
        list(root.lists.as_ref(), |texts| list(Some(texts), String::capacity))
            + list(root.maps.as_ref(), map)
            + list(root.things.as_ref(), thing)
            + list(root.texts.as_ref(), String::capacity)
    }

    #[test]
    fn what_is_larger_in_memory_is_asked_for_before_it_is_read() {
        let check = |protocol, open: &str, piece: &dyn Fn(usize) -> String, close: &str| {
            let document = |pieces: usize| {
                let inner: String = (1..=pieces).map(piece).collect();
                format!("{open}{inner}{close}")
            };
            let read = |pieces, limit| codec::read::<Root>(protocol, document(pieces).as_bytes(), limit);
            let made = read(1000, 64 << 20).unwrap();
            let (taken, weight) = (made.taken, weight(&made.value) as u64);
            assert!(weight > 1000 && taken > weight, "{protocol:?}: {taken} for {weight}");
            assert!(taken < 1000 * 8000, "{protocol:?}: {taken}: more than anybody needs");
            let refused = read(100_000, 4 << 20).map(drop).unwrap_err();
            assert_eq!(refused.http_status(), 413, "{protocol:?} {open}");
        };
        let json = |open: &str, piece: &'static str| {
            check(Protocol::Json11, open, &|_| format!("{piece},"), &format!("{piece}]}}"));
        };
        json(r#"{"Lists":["#, "[]");
        json(r#"{"Lists":["#, r#"[""]"#);
        json(r#"{"Maps":["#, r#"{"":""}"#);
        json(r#"{"Things":["#, "{}");
        json(r#"{"Things":["#, r#"{"Tags":{"":""}}"#);
        json(r#"{"Texts":["#, r#""""#);
        let xml = |open: &str, piece: &'static str, close: &str| {
            check(Protocol::RestXml, open, &|_| piece.to_owned(), close);
        };
        xml("<R><Things>", "<m/>", "</Things></R>");
        xml("<R><Lists>", "<m><m/></m>", "</Lists></R>");
        check(Protocol::Query, "", &|number| format!("Texts.member.{number}=&"), "");
        check(Protocol::Query, "", &|number| format!("Things.member.{number}.a.a.a.a.a.a.a=&"), "");
    }

    #[test]
    fn it_is_asked_in_steps_and_says_why_there_is_none() {
        let room = limited(3 * STEP);
        room.take(1).unwrap();
        room.take(usize::try_from(2 * STEP).unwrap()).unwrap();
        assert!(room.refusal().is_none());
        assert!(room.take(usize::try_from(STEP).unwrap()).is_err());
        assert_eq!(room.refusal().map(|error| error.http_status()), Some(413));
        assert_eq!(room.taken(), 2 * STEP + 1);
        Room::unlimited().take(usize::MAX).unwrap();
    }
}
