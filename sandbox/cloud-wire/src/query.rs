//! The query protocol's input: `Action=…&Filters.member.1.Name=…`, by schema.

use std::collections::BTreeMap;

use cloud_core::AwsError;

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
    pub(crate) fn of(pairs: &[(String, String)]) -> Result<Self, AwsError> {
        let mut root = Self::default();
        for (name, value) in pairs {
            let mut node = &mut root;
            for (depth, part) in name.split('.').enumerate() {
                if depth == MAX_DEPTH {
                    return Err(malformed("A parameter's name has too many parts"));
                }
                node = node.children.entry(part.to_owned()).or_default();
            }
            if node.value.replace(value.clone()).is_some() {
                return Err(malformed("A parameter occurs twice"));
            }
        }
        Ok(root)
    }

    /// The value of a parameter with that one-part name.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.children.get(name)?.value.as_deref()
    }

    /// Reads a structure.
    pub(crate) fn read(&self, schema: &'static Schema) -> Result<Value, AwsError> {
        match schema.kind {
            Kind::Structure(members) => {
                let values = members.iter().map(|member| self.member(member));
                values.collect::<Result<_, _>>().map(Value::Structure)
            }
            Kind::List { element, name, flattened } => self.list(element, name, flattened),
            Kind::Map { key, value, names, flattened } => self.map(key, value, names, flattened),
            _ => match &self.value {
                Some(text) => scalar::parse(text, schema),
                None => Err(malformed(&format!("Unexpected complex element for {}", schema.name))),
            },
        }
    }

    fn member(&self, member: &'static Member) -> Result<Value, AwsError> {
        if let Kind::List { element, name, flattened } = member.schema.kind
            && (flattened || member.flattened)
        {
            let wire = if name == "member" { member.wire } else { name };
            return self.children.get(wire).map_or(Ok(Value::Null), |node| node.list(element, name, true));
        }
        self.children.get(member.wire).map_or(Ok(Value::Null), |node| node.read(member.schema))
    }

    fn list(&self, element: &'static Schema, name: &str, flattened: bool) -> Result<Value, AwsError> {
        let nested = if flattened { None } else { self.children.get(name) };
        let elements = nested.unwrap_or(self).numbered().into_iter().map(|node| node.read(element));
        elements.collect::<Result<_, _>>().map(Value::List)
    }

    fn map(
        &self,
        key: &'static Schema,
        value: &'static Schema,
        names: (&str, &str),
        flattened: bool,
    ) -> Result<Value, AwsError> {
        let nested = if flattened { None } else { self.children.get("entry") };
        let entries = nested.unwrap_or(self).numbered().into_iter().map(|node| {
            let child = |name| {
                node.children.get(name).ok_or_else(|| malformed("A map's entry lacks its key or value"))
            };
            let Value::String(key) = child(names.0)?.read(key)? else {
                return Err(malformed("A map's key is text"));
            };
            Ok((key, child(names.1)?.read(value)?))
        });
        entries.collect::<Result<_, _>>().map(Value::Map)
    }

    /// The children whose names are numbers, in their order.
    fn numbered(&self) -> Vec<&Self> {
        let mut found: Vec<_> =
            self.children.iter().filter_map(|(name, node)| Some((name.parse::<u32>().ok()?, node))).collect();
        found.sort_by_key(|(number, _)| *number);
        found.into_iter().map(|(_, node)| node).collect()
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
        let read = Parameters::of(&percent::pairs(form).unwrap()).and_then(|tree| tree.read(&ROOT));
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
