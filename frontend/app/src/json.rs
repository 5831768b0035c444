//! JSON as typed values, in little code.
//!
//! What the agent may send is some eighty types. serde_json's readers bring a parser's branches to each of them, which
//! made a fifth of the page's module. Here text is parsed in one place, into a tree, and each type costs a walk over the
//! tree and no more: all integers have one way in, and a struct's members are looked up by its fields' names, in their
//! order, so that only derive's reader of sequences is compiled, a third as long as its reader of maps. This knows no
//! type of the protocol, and writes nothing.

use std::{fmt, slice, vec};

use serde::{
    de::{
        DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error, Expected, IntoDeserializer,
        MapAccess, SeqAccess, Unexpected, VariantAccess, Visitor, value::StrDeserializer,
    },
    forward_to_deserialize_any,
};
use serde_json::{Map, Value, map};

/// Why JSON is not what was expected.
#[derive(Debug, PartialEq, Eq)]
pub struct Unreadable(String);

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unreadable {}

impl Error for Unreadable {
    fn custom<T: fmt::Display>(reason: T) -> Self {
        Self(reason.to_string())
    }

    /// What is found is not said: to write any value that could be takes more code than to read all that should be.
    fn invalid_type(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self(format!("something is there instead of {expected}"))
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::invalid_type(found, expected)
    }

    /// Derived code says so where a struct's field had no member. It writes a length, which is the field's place.
    fn invalid_length(place: usize, holder: &dyn Expected) -> Self {
        Self(format!("missing member {} of {holder}", place + 1))
    }
}

/// Reads a text.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, Unreadable> {
    read_tree(parse(text)?)
}

/// Reads a tree.
pub fn read_tree<T: DeserializeOwned>(tree: Value) -> Result<T, Unreadable> {
    T::deserialize(Tree(Some(tree)))
}

fn parse(text: &str) -> Result<Value, Unreadable> {
    serde_json::from_str(text).map_err(|error| Unreadable(error.to_string()))
}

/// A tree, or that there is none.
struct Tree(Option<Value>);

impl Tree {
    fn integer<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        match &self.0 {
            Some(Value::Number(number)) if number.is_u64() => {
                visitor.visit_u64(number.as_u64().unwrap_or_default())
            }
            Some(Value::Number(number)) if number.is_i64() => {
                visitor.visit_i64(number.as_i64().unwrap_or_default())
            }
            _ => Err(self.instead_of(&visitor)),
        }
    }

    /// The error that this is not what a visitor reads.
    fn instead_of(&self, visitor: &dyn Expected) -> Unreadable {
        let found = match &self.0 {
            None => "nothing",
            Some(Value::Null) => "null",
            Some(Value::Bool(_)) => "a boolean",
            Some(Value::Number(_)) => "a number",
            Some(Value::String(_)) => "a string",
            Some(Value::Array(_)) => "an array",
            Some(Value::Object(_)) => "an object",
        };
        Unreadable(format!("{found} is there instead of {visitor}"))
    }
}

/// Ways in that are another one.
macro_rules! lead {
    ($($from:ident)* => $to:ident) => {
        $(fn $from<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
            self.$to(visitor)
        })*
    };
}

impl<'de> Deserializer<'de> for Tree {
    type Error = Unreadable;

    /// For what is kept as a tree.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        match &self.0 {
            Some(Value::Bool(_)) => self.deserialize_bool(visitor),
            Some(Value::Number(number)) if number.is_f64() => self.deserialize_f64(visitor),
            Some(Value::Number(_)) => self.integer(visitor),
            Some(Value::String(_)) => self.deserialize_string(visitor),
            Some(Value::Array(_)) => self.deserialize_seq(visitor),
            Some(Value::Object(_)) => self.deserialize_map(visitor),
            Some(Value::Null) | None => self.deserialize_unit(visitor),
        }
    }

    lead! { deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 => integer }
    lead! { deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 => integer }
    lead! { deserialize_f32 => deserialize_f64 }
    lead! { deserialize_char deserialize_str deserialize_identifier => deserialize_string }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        match self.0 {
            Some(Value::Bool(value)) => visitor.visit_bool(value),
            _ => Err(self.instead_of(&visitor)),
        }
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        match self.0.as_ref().and_then(Value::as_f64) {
            Some(number) => visitor.visit_f64(number),
            None => Err(self.instead_of(&visitor)),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        match self.0 {
            Some(Value::String(text)) => visitor.visit_string(text),
            _ => Err(self.instead_of(&visitor)),
        }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        match self.0 {
            Some(Value::Null) => visitor.visit_unit(),
            _ => Err(self.instead_of(&visitor)),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        match self.0 {
            Some(Value::Null) | None => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        match self.0 {
            Some(Value::Array(items)) => visitor.visit_seq(Items(items.into_iter())),
            _ => Err(self.instead_of(&visitor)),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, Unreadable> {
        match &self.0 {
            Some(Value::Array(items)) if items.len() != length => Err(self.instead_of(&visitor)),
            _ => self.deserialize_seq(visitor),
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        match self.0 {
            Some(Value::Object(members)) => {
                visitor.visit_map(Members { rest: members.into_iter(), value: None })
            }
            _ => Err(self.instead_of(&visitor)),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        match self.0 {
            Some(Value::Object(members)) => visitor.visit_seq(Fields { rest: fields.iter(), members }),
            _ => Err(self.instead_of(&visitor)),
        }
    }

    /// A variant is its name, or an object of its name and what it holds.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        match self.0 {
            Some(Value::String(name)) => visitor.visit_enum(Variant { name, content: None }),
            Some(Value::Object(mut members)) if members.len() == 1 => {
                let (name, content) =
                    members.iter_mut().next().map(|(name, content)| (name.clone(), content.take())).unzip();
                visitor.visit_enum(Variant { name: name.unwrap_or_default(), content })
            }
            _ => Err(self.instead_of(&visitor)),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! { bytes byte_buf unit_struct tuple_struct i128 u128 }
}

struct Items(vec::IntoIter<Value>);

impl<'de> SeqAccess<'de> for Items {
    type Error = Unreadable;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Unreadable> {
        self.0.next().map(|item| seed.deserialize(Tree(Some(item)))).transpose()
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.0.len())
    }
}

/// An object as the sequence of a struct's fields.
struct Fields {
    rest: slice::Iter<'static, &'static str>,
    members: Map<String, Value>,
}

impl<'de> SeqAccess<'de> for Fields {
    type Error = Unreadable;

    /// Where a member is missing an option is none; of any other type the sequence is over, and derived code has a default
    /// for the field or fails.
    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Unreadable> {
        let member = self.rest.next().and_then(|name| self.members.swap_remove(*name));
        let missing = member.is_none();
        match seed.deserialize(Tree(member)) {
            Err(_) if missing => Ok(None),
            read => read.map(Some),
        }
    }
}

/// An object whose members have no names known before.
struct Members {
    rest: map::IntoIter,
    /// Of the member whose name was read last.
    value: Option<Value>,
}

impl<'de> MapAccess<'de> for Members {
    type Error = Unreadable;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Unreadable> {
        let Some((name, value)) = self.rest.next() else { return Ok(None) };
        self.value = Some(value);
        seed.deserialize(named(&name)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Unreadable> {
        seed.deserialize(Tree(self.value.take()))
    }
}

struct Variant {
    name: String,
    content: Option<Value>,
}

impl<'de> EnumAccess<'de> for Variant {
    type Error = Unreadable;
    type Variant = Tree;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Tree), Unreadable> {
        Ok((seed.deserialize(named(&self.name))?, Tree(self.content)))
    }
}

impl<'de> VariantAccess<'de> for Tree {
    type Error = Unreadable;

    fn unit_variant(self) -> Result<(), Unreadable> {
        match self.0 {
            None | Some(Value::Null) => Ok(()),
            _ => Err(self.instead_of(&"nothing but the variant's name")),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Unreadable> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, Unreadable> {
        self.deserialize_tuple(length, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        self.deserialize_struct("", fields, visitor)
    }
}

/// The name of a member or a variant.
fn named(name: &str) -> StrDeserializer<'_, Unreadable> {
    name.into_deserializer()
}

#[cfg(test)]
mod tests {
    use std::fmt::Debug;

    use protocol::{CallError, Event, cloud, deploy, document, file, function, language, link, terminal};
    use serde::{Serialize, de::DeserializeOwned};
    use serde_json::json;

    use super::*;

    /// What is read here is what serde_json reads, be it a value or an error.
    fn check<T: DeserializeOwned + Serialize + Debug>(text: &str) {
        let ours = read::<T>(text).map(|read| serde_json::to_string(&read).unwrap());
        let theirs = serde_json::from_str::<T>(text).map(|read| serde_json::to_string(&read).unwrap());
        assert_eq!(ours.as_ref().ok(), theirs.as_ref().ok(), "{text}: {ours:?}, {theirs:?}");
    }

    #[test]
    fn reads_what_the_agent_sends() {
        check::<Event>(r#"{"document":{"moved":{"from":"a","to":"b/c"}}}"#);
        check::<Event>(r#"{"document":{"changed":{"path":"a","dirty":true,"disk":"conflict","new":[{}]}}}"#);
        check::<Event>(r#"{"file":"trash-changed"}"#);
        check::<Event>(r#"{"file":{"trash-changed":null}}"#);
        check::<Event>(r#"{"file":{"changed":{"folders":["a","é/ß"]}}}"#);
        check::<Event>(r#"{"trust":{"decided":"browse-only"}}"#);
        check::<Event>(
            r#"{"language":{"server":{"language":"rust","name":"r","state":{"busy":{"title":"x","percent":62}}}}}"#,
        );
        check::<Vec<(String, String)>>(r#"[["a","b"],["c","d"]]"#);
        check::<Vec<document::State>>("[]");
        check::<()>("null");
        check::<Option<u32>>("null");
        check::<language::Problem>(
            r#"{"range":{"start":{"line":0,"character":4},"end":{"line":1,"character":0}},"severity":"hint",
            "message":"m","source":null,"code":"E1","code_url":null,"related":[],"unnecessary":false,
            "raw":{"z":[1,-2,2.5,1e300,18446744073709551615],"a":{"b":null,"c":true,"d":"\u0000"}}}"#,
        );
        check::<cloud::RouteAnswer>(r#"{"status":200,"headers":[["a","b"]],"body":"x","duration_ms":1}"#);
        check::<CallError>(r#"{"code":"not-found","message":"m"}"#);
        check::<file::TrashId>(r#""12-3""#);
        check::<link::ChannelId>("7");
    }

    #[test]
    fn refuses_what_is_none() {
        check::<Event>(r#"{"document":{"moved":{"from":"a"}}}"#);
        check::<Event>(r#"{"document":{"moved":{"from":"../a","to":"b"}}}"#);
        check::<Event>(r#"{"file":{"trash-changed":1}}"#);
        check::<Event>(r#"{"file":"changed"}"#);
        check::<Event>(r#"{"file":"unknown"}"#);
        check::<Event>(r#"{"file":"trash-changed","trust":1}"#);
        check::<Event>("{}");
        check::<Event>("{");
        check::<Vec<(String, String)>>(r#"[["a"]]"#);
        check::<Vec<(String, String)>>(r#"[["a","b","c"]]"#);
        check::<()>("1");
        check::<u8>("256");
        check::<u8>("-1");
        check::<u8>("1.5");
        check::<i64>("-9223372036854775808");
        check::<f64>(r#""1""#);
        check::<bool>("0");
        check::<String>("null");
        check::<deploy::Phase>(r#"{"done":{}}"#);
        check::<function::Invocation>("[]");
        check::<terminal::Terminal>("7");
    }

    #[test]
    fn an_error_names_what_is_wrong() {
        let error = |text| read::<document::State>(text).unwrap_err().to_string();
        assert_eq!(
            error(r#"{"path":"a","disk":"same"}"#),
            "missing member 2 of struct State with 3 elements"
        );
        let expected = "a string is there instead of a boolean";
        assert_eq!(error(r#"{"path":"a","dirty":"yes","disk":"same"}"#), expected);
        let error = read_tree::<Vec<u8>>(json!([1, {}])).unwrap_err().to_string();
        assert_eq!(error, "an object is there instead of u8");
    }
}
