//! The query protocol's input: `Action=…&Filters.member.1.Name=…`, by schema.

use std::collections::BTreeMap;

use budget::Exhausted;
use cloud_core::AwsError;

use crate::room::{self, Room};
use crate::scalar;
use crate::schema::{Kind, Member, Schema};
use crate::value::Value;

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

    /// Reads a structure.
    pub(crate) fn read(&self, schema: &'static Schema, room: &Room) -> Result<Value, AwsError> {
        match schema.kind {
            Kind::Structure(members) => {
                room.take(room::structure(members.len()))?;
                let values = members.iter().map(|member| self.member(member, room));
                values.collect::<Result<_, _>>().map(Value::Structure)
            }
            Kind::Union(members) => {
                room.take(room::ELEMENT)?;
                let mut found = None;
                for (place, member) in members.iter().enumerate() {
                    let value = self.member(member, room)?;
                    if !value.is_null() && found.replace(Value::Variant(place, Box::new(value))).is_some() {
                        return Err(room.wrong_union(schema.name, true));
                    }
                }
                found.ok_or_else(|| room.wrong_union(schema.name, false))
            }
            Kind::List { element, name, flattened } => self.list(element, name, flattened, room),
            Kind::Map { key, value, names, flattened } => self.map((key, value), names, flattened, room),
            _ => match &self.value {
                Some(text) => {
                    room.take(text.len() + room::ALLOCATION)?;
                    scalar::parse(text, schema)
                }
                None => Err(malformed(&format!("Unexpected complex element for {}", schema.name))),
            },
        }
    }

    fn member(&self, member: &'static Member, room: &Room) -> Result<Value, AwsError> {
        if let Kind::List { element, name, flattened } = member.schema.kind
            && (flattened || member.flattened)
        {
            let wire = if name == "member" { member.query_name() } else { name };
            let found = self.children.get(wire);
            return found.map_or(Ok(Value::Null), |node| node.list(element, name, true, room));
        }
        self.children.get(member.query_name()).map_or(Ok(Value::Null), |node| node.read(member.schema, room))
    }

    fn list(
        &self,
        element: &'static Schema,
        name: &str,
        flattened: bool,
        room: &Room,
    ) -> Result<Value, AwsError> {
        let nested = if flattened { None } else { self.children.get(name) };
        let elements =
            nested.unwrap_or(self).numbered(room)?.into_iter().map(|node| node.read(element, room));
        elements.collect::<Result<_, _>>().map(Value::List)
    }

    fn map(
        &self,
        (key, value): (&'static Schema, &'static Schema),
        names: (&str, &str),
        flattened: bool,
        room: &Room,
    ) -> Result<Value, AwsError> {
        let nested = if flattened { None } else { self.children.get("entry") };
        let entries = nested.unwrap_or(self).numbered(room)?.into_iter().map(|node| {
            room.take(room::MAP)?;
            let child = |name| {
                node.children.get(name).ok_or_else(|| malformed("A map's entry lacks its key or value"))
            };
            let Value::String(key) = child(names.0)?.read(key, room)? else {
                return Err(malformed("A map's key is text"));
            };
            Ok((key, child(names.1)?.read(value, room)?))
        });
        entries.collect::<Result<_, _>>().map(Value::Map)
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

fn malformed(message: &str) -> AwsError {
    AwsError::new("MalformedQueryString", message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::percent;

    static TEXT: Schema = Schema::string("Text");
    static NUMBER: Schema = Schema::integer("Number");
    static LIST: Schema = Schema::list("List", &TEXT);
    static MAP: Schema = Schema::map("Map", &TEXT, &NUMBER);
    static MEMBERS: &[Member] = &[
        Member::new("Name", &TEXT),
        Member::new("List", &LIST),
        Member::new("Flat", &LIST).flattened(),
        Member::new("Map", &MAP),
        Member::new("Inner", &INNER),
    ];
    static INNER: Schema = Schema::structure("Inner", &[]);
    static ROOT: Schema = Schema::structure("Root", MEMBERS);

    fn check(form: &str, expected: &expect_test::Expect) {
        let room = Room::unlimited();
        let read =
            Parameters::of(&percent::pairs(form).unwrap(), &room).and_then(|tree| tree.read(&ROOT, &room));
        let shown = match read {
            Ok(value) => format!("{value:?}"),
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
