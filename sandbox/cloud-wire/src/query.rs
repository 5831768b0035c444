//! The query protocol's input: `Action=…&Filters.member.1.Name=…`, by schema.

use std::collections::BTreeMap;

use budget::Exhausted;
use cloud_core::AwsError;

use crate::room::{self, Room};
use crate::scalar;
use crate::schema::{Kind, Member, Schema};
use crate::slot::{Places, Slot};

/// Parts of one parameter's name.
const MAX_DEPTH: usize = 32;

/// Parameters by the parts of their names.
#[derive(Debug, Default)]
pub(crate) struct Parameters {
    value: Option<String>,
    children: BTreeMap<String, Self>,
}

impl Parameters {
    /// Sorts a form's pairs into a tree. A parameter given twice is refused.
    pub(crate) fn of(pairs: &[(String, String)], room: &Room) -> Result<Self, AwsError> {
        let mut tree = Self::default();
        for (name, value) in pairs {
            let mut node = &mut tree;
            for (depth, part) in name.split('.').enumerate() {
                if depth == MAX_DEPTH {
                    return Err(malformed("A parameter's name has too many parts"));
                }
                if !node.children.contains_key(part) {
                    room.take(node.next() + part.len() + room::ALLOCATION)?;
                }
                node = node.children.entry(part.to_owned()).or_default();
            }
            room.take(value.len() + room::ALLOCATION)?;
            if node.value.replace(value.clone()).is_some() {
                return Err(malformed("A parameter occurs twice"));
            }
        }
        Ok(tree)
    }

    /// What one child more takes: the first one makes a tree's node with room for eleven, of which half may be empty.
    fn next(&self) -> usize {
        let child = size_of::<(String, Self)>();
        if self.children.is_empty() { 12 * child } else { 2 * child }
    }

    /// The value of a parameter with that one-part name.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.children.get(name)?.value.as_deref()
    }

    /// Reads a value. There is one: who has no parameter is not asked.
    pub(crate) fn read(&self, schema: &'static Schema, slot: Slot<'_>) -> Result<(), AwsError> {
        match schema.kind {
            Kind::Structure(members) => {
                slot.take(room::structure(members.len()))?;
                let (mut slot, mut present) = (slot.begin()?, Places::default());
                for (place, member) in members.iter().enumerate() {
                    if let Some(said) = self.member(member) {
                        said.read(slot.member(place)?)?;
                        present.mark(place, true);
                    }
                }
                slot.lacks_members(members, &present, |_| true);
                Ok(())
            }
            Kind::Union(members) => {
                slot.take(room::ELEMENT)?;
                let (mut slot, mut found) = (slot.begin()?, false);
                for (place, member) in members.iter().enumerate() {
                    let Some(said) = self.member(member) else { continue };
                    said.read(slot.variant(place))?;
                    if std::mem::replace(&mut found, true) {
                        return Err(slot.room().wrong_union(schema.name, true));
                    }
                }
                if found { Ok(()) } else { Err(slot.room().wrong_union(schema.name, false)) }
            }
            Kind::List { element, name, flattened } => self.list(element, name, flattened, slot),
            Kind::Map { key, value, names, flattened } => self.map((key, value), names, flattened, slot),
            _ => {
                let unfit = || malformed(&format!("Unexpected complex element for {}", schema.name));
                let text = self.value.as_ref().ok_or_else(unfit)?;
                slot.take(text.len() + room::ALLOCATION)?;
                Ok(slot.set(scalar::parse(text, schema)?)?)
            }
        }
    }

    /// What is said of a member.
    fn member(&self, member: &'static Member) -> Option<Said<'_>> {
        let (wire, flat) = match member.schema.kind {
            Kind::List { element, name, flattened } if flattened || member.flattened => {
                (if name == "member" { member.query_name() } else { name }, Some((element, name)))
            }
            _ => (member.query_name(), None),
        };
        Some(Said { node: self.children.get(wire)?, schema: member.schema, flat })
    }

    fn list(
        &self,
        element: &'static Schema,
        name: &str,
        flattened: bool,
        slot: Slot<'_>,
    ) -> Result<(), AwsError> {
        let nested = if flattened { None } else { self.children.get(name) };
        let mut slot = slot.begin()?;
        let numbered = nested.unwrap_or(self).numbered(slot.room())?;
        numbered
            .into_iter()
            .enumerate()
            .try_for_each(|(place, node)| node.read(element, slot.element(place)?))
    }

    fn map(
        &self,
        (key_schema, schema): (&'static Schema, &'static Schema),
        names: (&str, &str),
        flattened: bool,
        slot: Slot<'_>,
    ) -> Result<(), AwsError> {
        let nested = if flattened { None } else { self.children.get("entry") };
        let mut slot = slot.begin()?;
        for node in nested.unwrap_or(self).numbered(slot.room())? {
            let child = |name| {
                node.children.get(name).ok_or_else(|| malformed("A map's entry lacks its key or value"))
            };
            let Some(key) = &child(names.0)?.value else {
                return Err(malformed(&format!("Unexpected complex element for {}", key_schema.name)));
            };
            slot.take(key.len() + room::ALLOCATION)?;
            child(names.1)?.read(schema, slot.entry(key)?)?;
        }
        Ok(())
    }

    /// The children whose names are numbers, in their order.
    fn numbered(&self, room: &Room) -> Result<Vec<&Self>, Exhausted> {
        room.take(self.children.len() * room::ELEMENT)?;
        let mut found: Vec<_> =
            self.children.iter().filter_map(|(name, node)| Some((name.parse::<u32>().ok()?, node))).collect();
        found.sort_by_key(|(number, _)| *number);
        Ok(found.into_iter().map(|(_, node)| node).collect())
    }
}

/// What is said of a member: the parameters, and the element of a list that stands without one around it.
struct Said<'p> {
    node: &'p Parameters,
    schema: &'static Schema,
    flat: Option<(&'static Schema, &'static str)>,
}

impl Said<'_> {
    fn read(&self, slot: Slot<'_>) -> Result<(), AwsError> {
        match self.flat {
            Some((element, name)) => self.node.list(element, name, true, slot),
            None => self.node.read(self.schema, slot),
        }
    }
}

fn malformed(message: &str) -> AwsError {
    AwsError::new("MalformedQueryString", message)
}

#[cfg(test)]
#[allow(unreachable_pub, reason = "the macros make public items")]
mod tests {
    use super::*;
    use crate::model::Protocol;
    use crate::{Shape, codec};

    static TEXT: Schema = Schema::string("Text");
    static NUMBER: Schema = Schema::integer("Number");
    static LIST: Schema = Schema::list("List", &TEXT);
    static MAP: Schema = Schema::map("Map", &TEXT, &NUMBER);

    crate::structure! {
        pub struct Inner as INNER {}
        pub struct Root as ROOT {
            name: Option<String> = Member::new("Name", &TEXT),
            list: Option<Vec<String>> = Member::new("List", &LIST),
            flat: Option<Vec<String>> = Member::new("Flat", &LIST).flattened(),
            map: Option<BTreeMap<String, i64>> = Member::new("Map", &MAP),
            inner: Option<Inner> = Member::new("Inner", &INNER),
        }
    }

    fn check(form: &str, expected: &expect_test::Expect) {
        let read = codec::read::<Root>(Protocol::Query, form.as_bytes(), 64 << 20);
        let shown = match read {
            Ok(read) => format!("{:?}", read.value.value()),
            Err(error) => error.to_string(),
        };
        expected.assert_eq(&shown);
    }

    #[test]
    fn reads_by_schema() {
        check(
            "Name=a+b&List.member.2=y&List.member.1=x&List.member.10=z",
            &expect_test::expect![[
                r#"Structure([String("a b"), List([String("x"), String("y"), String("z")]), Null, Null, Null])"#
            ]],
        );
        check(
            "Flat.1=x&List=",
            &expect_test::expect![[r#"Structure([Null, List([]), List([String("x")]), Null, Null])"#]],
        );
        check(
            "Map.entry.1.key=a&Map.entry.1.value=7",
            &expect_test::expect![[r#"Structure([Null, Null, Null, Map([("a", Integer(7))]), Null])"#]],
        );
    }

    #[test]
    fn refuses_nonsense() {
        check("Name=a&Name=b", &expect_test::expect!["MalformedQueryString: A parameter occurs twice"]);
        check("Name.x=a", &expect_test::expect!["MalformedQueryString: Unexpected complex element for Text"]);
        check(
            "Map.entry.1.key=a",
            &expect_test::expect!["MalformedQueryString: A map's entry lacks its key or value"],
        );
        check(
            "Map.entry.1.key=a&Map.entry.1.value=b",
            &expect_test::expect!["SerializationException: The value for Number is not of the right type"],
        );
        check(
            &format!("{}=x", ["a"; 40].join(".")),
            &expect_test::expect!["MalformedQueryString: A parameter's name has too many parts"],
        );
    }
}
