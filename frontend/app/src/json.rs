//! JSON as typed values, in little code.
//!
//! What the agent may send is some eighty types. serde_json's readers bring a parser's branches to each of them, which
//! made a fifth of the page's module. Here text is parsed in one place, into a tree, and each type costs a walk over the
//! tree and no more: all integers have one way in, and a struct's members are looked up by its fields' names, in their
//! order, so that only derive's reader of sequences is compiled, a third as long as its reader of maps. What depends on no
//! type is apart from what does, which is compiled for each. Writing goes by the tree, too: one function makes text of it.
//! This knows no type of the protocol.

mod parse;

use std::{
    fmt::{self, Write},
    slice, vec,
};

use serde::{
    de::{
        DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error, Expected, IntoDeserializer,
        MapAccess, SeqAccess, Unexpected, VariantAccess, Visitor, value::StrDeserializer,
    },
    forward_to_deserialize_any,
    ser::Serialize,
};
use serde_json::{Map, Number, Value, map};

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
        Self(said(&reason))
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

fn said(reason: &dyn fmt::Display) -> String {
    reason.to_string()
}

/// The tree of a value.
pub fn tree(value: &impl Serialize) -> Value {
    // Only a map whose keys are no texts has none.
    serde_json::to_value(value).unwrap_or_default()
}

/// The text of a tree, in one line.
pub fn text(tree: &Value) -> String {
    let mut text = String::new();
    write(&mut text, tree, None);
    text
}

/// The text of a tree, with a line a member.
pub fn pretty(tree: &Value) -> String {
    let mut text = String::new();
    write(&mut text, tree, Some(0));
    text
}

/// Writes a tree; `depth`: how far its lines are indented, where there are lines.
fn write(text: &mut String, tree: &Value, depth: Option<usize>) {
    match tree {
        Value::Null => text.push_str("null"),
        Value::Bool(value) => text.push_str(if *value { "true" } else { "false" }),
        Value::Number(number) => write_number(text, number),
        Value::String(value) => write_string(text, value),
        Value::Array(items) => {
            write_all(text, ['[', ']'], items.iter().map(|item| (None, item)), depth);
        }
        Value::Object(members) => {
            write_all(text, ['{', '}'], members.iter().map(|(name, value)| (Some(name), value)), depth);
        }
    }
}

fn write_all<'a>(
    text: &mut String,
    [open, close]: [char; 2],
    parts: impl ExactSizeIterator<Item = (Option<&'a String>, &'a Value)>,
    depth: Option<usize>,
) {
    let inner = depth.filter(|_| parts.len() > 0).map(|depth| depth + 1);
    text.push(open);
    for (place, (name, value)) in parts.enumerate() {
        if place > 0 {
            text.push(',');
        }
        begin_line(text, inner);
        if let Some(name) = name {
            write_string(text, name);
            text.push_str(if inner.is_some() { ": " } else { ":" });
        }
        write(text, value, inner);
    }
    begin_line(text, inner.and(depth));
    text.push(close);
}

fn begin_line(text: &mut String, depth: Option<usize>) {
    if let Some(depth) = depth {
        text.push('\n');
        text.extend(std::iter::repeat_n("  ", depth));
    }
}

fn write_string(text: &mut String, value: &str) {
    text.push('"');
    for letter in value.chars() {
        match letter {
            '"' | '\\' => text.extend(['\\', letter]),
            '\n' => text.push_str("\\n"),
            // Writing to a text does not fail.
            '\0'..' ' => drop(write!(text, "\\u{:04x}", u32::from(letter))),
            _ => text.push(letter),
        }
    }
    text.push('"');
}

fn write_number(text: &mut String, number: &Number) {
    let written = match (number.as_u64(), number.as_i64()) {
        (Some(number), _) => number.to_string(),
        (None, Some(number)) => number.to_string(),
        (None, None) => fraction(number.as_f64().unwrap_or_default()),
    };
    text.push_str(&written);
}

/// A number with a fraction, as the browser writes it: to write one takes tables that no compressor makes smaller.
#[cfg(target_arch = "wasm32")]
fn fraction(number: f64) -> String {
    js_sys::JSON::stringify(&number.into()).map_or_else(|_| String::new(), String::from)
}

/// The same, for tests, where there is no browser.
#[cfg(not(target_arch = "wasm32"))]
fn fraction(number: f64) -> String {
    format!("{number:?}")
}

/// A tree of members.
pub fn object<const N: usize>(members: [(&str, Value); N]) -> Value {
    Value::Object(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
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
    parse::parse(text).map_err(|at| Unreadable(format!("no JSON from byte {at} on")))
}

/// A tree, or that there is none.
struct Tree(Option<Value>);

/// What all readers do alike. A tree that is not what is read comes back.
impl Tree {
    fn boolean(self) -> Result<bool, Self> {
        match self.0 {
            Some(Value::Bool(value)) => Ok(value),
            _ => Err(self),
        }
    }

    fn number(self) -> Result<f64, Self> {
        self.0.as_ref().and_then(Value::as_f64).ok_or(self)
    }

    fn string(self) -> Result<String, Self> {
        match self.0 {
            Some(Value::String(text)) => Ok(text),
            _ => Err(self),
        }
    }

    fn items(self) -> Result<Items, Self> {
        match self.0 {
            Some(Value::Array(items)) => Ok(Items(items.into_iter())),
            _ => Err(self),
        }
    }

    fn object(self) -> Result<Map<String, Value>, Self> {
        match self.0 {
            Some(Value::Object(members)) => Ok(members),
            _ => Err(self),
        }
    }

    /// A variant is its name, or an object of its name and what it holds.
    fn variant(self) -> Result<Variant, Self> {
        match self.0 {
            Some(Value::String(name)) => Ok(Variant { name, content: None }),
            Some(Value::Object(members)) if members.len() == 1 => {
                let (name, content) = members.into_iter().next().unzip();
                Ok(Variant { name: name.unwrap_or_default(), content })
            }
            _ => Err(self),
        }
    }

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
        match self.boolean() {
            Ok(value) => visitor.visit_bool(value),
            Err(tree) => Err(tree.instead_of(&visitor)),
        }
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        match self.number() {
            Ok(number) => visitor.visit_f64(number),
            Err(tree) => Err(tree.instead_of(&visitor)),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        match self.string() {
            Ok(text) => visitor.visit_string(text),
            Err(tree) => Err(tree.instead_of(&visitor)),
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
        match self.items() {
            Ok(items) => visitor.visit_seq(items),
            Err(tree) => Err(tree.instead_of(&visitor)),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, Unreadable> {
        match &self.0 {
            Some(Value::Array(items)) if items.len() != length => Err(self.instead_of(&visitor)),
            _ => self.deserialize_seq(visitor),
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        match self.object() {
            Ok(members) => visitor.visit_map(Members { rest: members.into_iter(), value: None }),
            Err(tree) => Err(tree.instead_of(&visitor)),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        match self.object() {
            Ok(members) => visitor.visit_seq(Fields { rest: fields.iter(), members }),
            Err(tree) => Err(tree.instead_of(&visitor)),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        match self.variant() {
            Ok(variant) => visitor.visit_enum(variant),
            Err(tree) => Err(tree.instead_of(&visitor)),
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

impl Fields {
    fn take_next(&mut self) -> Tree {
        Tree(self.rest.next().and_then(|name| self.members.swap_remove(*name)))
    }
}

impl<'de> SeqAccess<'de> for Fields {
    type Error = Unreadable;

    /// Where a member is missing an option is none; of any other type the sequence is over, and derived code has a default
    /// for the field or fails.
    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Unreadable> {
        let member = self.take_next();
        let missing = member.0.is_none();
        match seed.deserialize(member) {
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

    #[test]
    fn what_is_written_reads_as_it_was() {
        let check = |value: Value| {
            assert_eq!(text(&value), serde_json::to_string(&value).unwrap());
            assert_eq!(pretty(&value), serde_json::to_string_pretty(&value).unwrap());
            assert_eq!(read::<Value>(&text(&value)), Ok(value));
        };
        check(json!({"share": 0.3, "halves": [1, -2, null, {}, []], "open": true, "": {"a": {"b": [[]]}}}));
        check(json!([u64::MAX, i64::MIN, 260.0, -0.5, 0]));
        assert_eq!(read::<f64>(&text(&json!(1e300))), Ok(1e300));
        check(json!("é\u{2028}😀 \"quoted\" \\ and \n"));
        check(json!({"\"": "\u{7f}/"}));
        assert_eq!(text(&json!("\t\r\u{0}\u{1f}")), r#""\u0009\u000d\u0000\u001f""#);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_as_it_was_written(letters: String) {
            let value = json!({ letters.clone(): [letters] });
            proptest::prop_assert_eq!(read::<Value>(&text(&value)), Ok(value));
        }
    }

    #[test]
    fn a_tree_is_made_of_members() {
        assert_eq!(object([("a", 1.into()), ("b", Value::Null)]), json!({"a": 1, "b": null}));
    }
}
