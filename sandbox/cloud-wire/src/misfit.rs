//! What a request says and its typed input cannot hold: required members that are absent, elements that are null, whole
//! numbers out of range. It is kept beside the input until the input was held to its constraints, which may have to be told
//! of several of these and of more that is wrong, in one message.

use std::cmp::Ordering;

use cloud_core::AwsError;

use crate::schema::Schema;
use crate::shape::{self, Unfit, lower_first};
use crate::value::Value;

/// A step from a value into its parts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Step {
    /// A member of a structure or union, an element of a list, by its place.
    Part(usize),
    /// A map's entry.
    Entry(String),
}

/// Why the typed value says something else than the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Misfit {
    /// It is not there, and the type has no way to say so.
    Absent,
    /// It is a number that the type cannot hold.
    Number(i64, Unfit),
}

/// As many are kept: more than are told of. A value with more is refused whatever becomes of these.
const MOST: usize = 200;

/// All of a value's, by their places.
#[derive(Clone, Debug, Default)]
pub(crate) struct Misfits {
    kept: Vec<(Vec<Step>, Misfit)>,
    has_more: bool,
}

/// Those within a part of the value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Within<'m> {
    all: &'m [(Vec<Step>, Misfit)],
    depth: usize,
}

impl Misfits {
    pub(crate) fn add(&mut self, place: Vec<Step>, misfit: Misfit) {
        if self.kept.len() < MOST {
            self.kept.push((place, misfit));
        } else {
            self.has_more = true;
        }
    }

    /// Something else was said there, or in what it is a part of.
    pub(crate) fn forget(&mut self, place: &[Step]) {
        self.kept.retain(|(at, _)| !at.starts_with(place));
    }

    /// Those of a part, as of a value by itself.
    pub(crate) fn within(self, place: usize) -> Self {
        let of_part = self.kept.into_iter().filter(|(at, _)| at.first() == Some(&Step::Part(place)));
        let kept = of_part.map(|(at, misfit)| (at.into_iter().skip(1).collect(), misfit)).collect();
        Self { kept, ..self }
    }

    /// In the order of the schema, in which they are told.
    pub(crate) fn sorted(mut self) -> Self {
        self.kept.sort_by(|(one, _), (other, _)| one.cmp(other));
        self
    }

    /// Those within the whole value.
    pub(crate) fn all(&self) -> Within<'_> {
        Within { all: &self.kept, depth: 0 }
    }

    /// Refuses a value of that schema for the first of them.
    pub(crate) fn refuse(&self, schema: &'static Schema) -> Result<(), AwsError> {
        let Some((place, misfit)) = self.kept.first() else {
            return if self.has_more { Err(Unfit(schema.name).into()) } else { Ok(()) };
        };
        match misfit {
            Misfit::Number(_, unfit) => Err((*unfit).into()),
            Misfit::Absent => {
                let named = place.iter().try_fold(("", schema), |(_, schema), step| {
                    shape::within(schema, if let Step::Part(place) = step { *place } else { 0 })
                });
                Err(AwsError::validation(format!(
                    "1 validation error detected: Value null at '{}' failed to satisfy constraint: Member must not be null",
                    lower_first(named.map_or("", |(name, _)| name))
                )))
            }
        }
    }
}

impl Within<'_> {
    /// Of a value that its type holds wholly.
    pub(crate) const NONE: Self = Self { all: &[], depth: 0 };

    /// Those within a part.
    pub(crate) fn part(self, place: usize) -> Self {
        self.step(|step| match step {
            Step::Part(part) => part.cmp(&place),
            Step::Entry(_) => Ordering::Greater,
        })
    }

    /// Those within a map's entry.
    pub(crate) fn entry(self, key: &str) -> Self {
        self.step(|step| match step {
            Step::Part(_) => Ordering::Less,
            Step::Entry(entry) => entry.as_str().cmp(key),
        })
    }

    /// They are sorted: what is within a step lies together.
    fn step(self, order: impl Fn(&Step) -> Ordering) -> Self {
        if self.all.is_empty() {
            return self;
        }
        let of = |place: &[Step]| place.get(self.depth).map_or(Ordering::Less, &order);
        let first = self.all.partition_point(|(place, _)| of(place) == Ordering::Less);
        let end = self.all.partition_point(|(place, _)| of(place) != Ordering::Greater);
        Self { all: self.all.get(first..end).unwrap_or_default(), depth: self.depth + 1 }
    }

    /// The value as the request says it.
    pub(crate) fn said(self, value: Value<'_>) -> Value<'_> {
        match self.all.first() {
            Some((place, misfit)) if place.len() == self.depth => match misfit {
                Misfit::Absent => Value::Null,
                Misfit::Number(number, _) => Value::Integer(*number),
            },
            _ => value,
        }
    }
}

#[cfg(test)]
#[allow(unreachable_pub, reason = "the macros make public items")]
mod tests {
    use super::*;
    use crate::codec;
    use crate::input::Input;
    use crate::model::{Operation, Protocol};
    use crate::schema::Member;

    static TEXT: Schema = Schema::string("Text");
    static TEXTS: Schema = Schema::list("Texts", &TEXT);

    crate::structure! {
        pub struct Root as ROOT {
            texts: Option<Vec<String>> = Member::new("Texts", &TEXTS),
        }
    }

    fn nulls(count: usize) -> String {
        format!("[{}]", vec!["null"; count].join(","))
    }

    #[test]
    fn however_many_there_are_the_value_is_refused() {
        let operation = Operation::new("Ask", "POST", "/", &ROOT, &shape::UNIT).takes::<Root>();
        let check = |count: usize| {
            let document = serde_json::from_str(&format!(r#"{{"Texts":{}}}"#, nulls(count))).unwrap();
            let input: Input = codec::input(&operation, &document).unwrap();
            input
                .typed::<Root>(&ROOT)
                .map(|root| root.texts.unwrap())
                .map_err(|error| error.message().to_owned())
        };
        let absent = "1 validation error detected: Value null at 'member' failed to satisfy constraint: Member must not be null";
        assert_eq!(check(0), Ok(Vec::new()));
        for count in [1, MOST, MOST + 1, 3 * MOST] {
            assert_eq!(check(count).unwrap_err(), absent, "{count}");
        }
    }

    #[test]
    fn what_is_said_again_takes_away_as_many_as_are_kept() {
        let check = |count: usize| {
            let document = format!(r#"{{"Texts":{},"Texts":["a"]}}"#, nulls(count));
            let read = codec::read::<Root>(Protocol::Json11, document.as_bytes(), 1 << 20);
            read.map(|read| read.value.texts.unwrap())
                .map_err(|error| format!("{}: {}", error.code(), error.message()))
        };
        assert_eq!(check(MOST), Ok(vec!["a".to_owned()]));
        assert_eq!(check(MOST + 1).unwrap_err(), "SerializationException: Unexpected value for Root");
    }
}
