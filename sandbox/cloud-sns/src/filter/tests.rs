//! What policies may say, and what they let through.

use std::collections::BTreeMap;

use cloud_core::{Attribute, AttributeValue};

use super::*;

const SOURCE: &str = "at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled)";

#[track_caller]
fn check_wrong(policy: &str, message: &str, column: Option<usize>) {
    let expected = match column {
        Some(column) => format!("{message}\n at [Source: (String)\"{policy}\"; line: 1, column: {column}]"),
        None => message.to_owned(),
    };
    assert_eq!(compile(policy).unwrap_err().0, expected, "{policy}");
}

// AWS: all of these are what it answered.
#[test]
fn mistakes_are_told_with_their_places() {
    let suffix = "suffix match pattern must be a string";
    for (policy, message, column) in [
        (r#"{"key":[]}"#, "Empty arrays are not allowed", 10),
        (r#"{"key":[{"suffix":100}]}"#, suffix, 22),
        (r#"{"key":[{"suffix":null}]}"#, suffix, 23),
        (r#"{"key":{"suffix":"value"}}"#, "\"suffix\" must be an object or an array", 19),
        (r#"{"key":[{"suffix":[]}]}"#, suffix, 20),
        (r#"{"key":[{"suffix":["test","test2"]}]}"#, suffix, 20),
        (r#"{"key":{"suffix":"value","prefix":"value"}}"#, "\"suffix\" must be an object or an array", 19),
        (r#"{"key":{"not-an-operator":"value"}}"#, "\"not-an-operator\" must be an object or an array", 28),
        (r#"{"key":[{"cidr":["bad-filter"]}]}"#, "prefix match pattern must be a string", 18),
        (r#"{"key":[{"numeric":[]}]}"#, "Invalid member in numeric match: ]", 22),
        (r#"{"key":[{"numeric":["operator"]}]}"#, "Unrecognized numeric range operator: operator", 32),
        (r#"{"key":[{"numeric":[1,"<="]}]}"#, "Invalid member in numeric match: 1", 22),
        (r#"{"key":[{"numeric":["=","000"]}]}"#, "Value of equals must be numeric", 26),
        (r#"{"key":[{"numeric":[">="]}]}"#, "Value of >= must be numeric", 26),
        (r#"{"key":[{"numeric":["<",100,">",10]}]}"#, "Too many elements in numeric expression", 30),
        (r#"{"key":[{"numeric":[">=",1,">",2]}]}"#, "Bad numeric range operator: >", 31),
        (r#"{"key":[{"numeric":[">",3,"<",1]}]}"#, "Bottom must be less than top", 33),
        (r#"{"key":[{"numeric":[">",20,"<="]}]}"#, "Value of <= must be numeric", 33),
        (r#"{"key":[{"numeric":[">",20,30]}]}"#, "Bad value in numeric range: 30", 30),
        (r#"{"key":[{"numeric":[">",20,"test"]}]}"#, "Bad numeric range operator: test", 34),
        (r#"{"key":[{"numeric":[">","20","<","30"]}]}"#, "Value of > must be numeric", 26),
        (r#"{"key":[{"numeric":[">",20,"<","30"]}]}"#, "Value of < must be numeric", 33),
        (r#"{"key":[{"numeric":[">",20,"<",30,"<",50]}]}"#, "Too many terms in numeric range expression", 36),
        (r#"{"key":[{"exists":null}]}"#, "exists match pattern must be either true or false.", 23),
        (r#"{"key":[{"exists":"no"}]}"#, "exists match pattern must be either true or false.", 20),
        (r#"{"key_a":"value_one"}"#, "\"key_a\" must be an object or an array", 11),
    ] {
        check_wrong(policy, message, Some(column));
    }
    for (cidr, message) in [
        ("bad-filter", "Malformed CIDR, one '/' required"),
        ("bad-filter/64", "Nonstandard IP address: bad-filter"),
        ("bad-filter/x", "Malformed CIDR, mask bits must be an integer"),
        ("xx.11.xx/8", "Nonstandard IP address: xx.11.xx"),
        ("10.0.0.0/33", "Malformed CIDR, mask bits must be between 0 and 32"),
    ] {
        check_wrong(&format!(r#"{{"key":[{{"cidr":"{cidr}"}}]}}"#), message, None);
    }
    let word = "failed to parse JSON. Unrecognized token 'invalid': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')";
    check_wrong("invalid", &format!("{word}\n {SOURCE}; line: 1, column: 8]"), None);
    let name = "failed to parse JSON. Unexpected character ('i' (code 105)): was expecting double-quote to start field name";
    check_wrong("{invalid", &format!("{name}\n {SOURCE}; line: 1, column: 2]"), None);
}

/// A list of so many values.
fn values(count: usize) -> String {
    let all: Vec<String> = (0..count).map(|n| n.to_string()).collect();
    format!("[{}]", all.join(","))
}

#[test]
fn policies_are_bounded() {
    let complex = "Filter policy is too complex";
    for (policy, wrong) in [
        (format!(r#"{{"a":{}}}"#, values(150)), None),
        (format!(r#"{{"a":{}}}"#, values(151)), Some(complex)),
        (format!(r#"{{"a":{},"b":{}}}"#, values(10), values(15)), None),
        (format!(r#"{{"a":{},"b":{}}}"#, values(10), values(16)), Some(complex)),
        // What lies deeper counts as often as it lies deep.
        (format!(r#"{{"a":{{"b":{}}}}}"#, values(75)), None),
        (format!(r#"{{"a":{{"b":{}}}}}"#, values(76)), Some(complex)),
        (format!(r#"{{"a":{},"$or":[{{"b":{}}},{{"c":{}}}]}}"#, values(5), values(15), values(15)), None),
        (
            format!(r#"{{"a":{},"$or":[{{"b":{}}},{{"c":{}}}]}}"#, values(5), values(15), values(16)),
            Some(complex),
        ),
        (r#"{"a":[1],"b":[1],"c":[1],"d":[1],"e":[1]}"#.to_owned(), None),
        (
            r#"{"a":[1],"b":[1],"c":[1],"d":[1],"e":[1],"f":[1]}"#.to_owned(),
            Some("Filter policy can not have more than 5 keys"),
        ),
    ] {
        assert_eq!(compile(&policy).err().map(|wrong| wrong.0).as_deref(), wrong, "{policy}");
    }
    let deep = format!("{}1{}", "[".repeat(100), "]".repeat(100));
    assert!(compile(&deep).unwrap_err().0.contains("more than 64 deep"));
    assert!(compile(&" ".repeat(LARGEST + 1)).unwrap_err().0.contains("is larger than"));
}

fn attributes(all: &[(&str, &str, &str)]) -> BTreeMap<String, Attribute> {
    let attribute = |kind: &str, value: &str| {
        let value = match kind {
            "Binary" => AttributeValue::Binary(value.as_bytes().to_vec()),
            _ => AttributeValue::Text(value.to_owned()),
        };
        Attribute { data_type: kind.to_owned(), value }
    };
    all.iter().map(|(name, kind, value)| ((*name).to_owned(), attribute(kind, value))).collect()
}

#[track_caller]
fn check_attribute(rule: &str, kind: &str, value: &str, expected: bool) {
    let filter = compile(&format!(r#"{{"a":[{rule}]}}"#)).unwrap();
    assert_eq!(
        filter.passes_attributes(&attributes(&[("a", kind, value)])),
        expected,
        "{rule} {kind} {value}"
    );
}

#[test]
fn attributes_are_compared() {
    for (rule, kind, value, expected) in [
        (r#""x""#, "String", "x", true),
        (r#""x""#, "String", "X", false),
        (r#""x""#, "String.label", "x", true),
        (r#""1""#, "Number", "1", false),
        ("1", "Number", "1.000001", true),
        ("1", "Number", "1.1", false),
        ("1", "String", "1", false),
        (r#""x""#, "String.Array", r#"["a","x"]"#, true),
        (r#""x""#, "String.Array", r#"["a"]"#, false),
        ("true", "String.Array", "[true]", true),
        ("null", "String.Array", "[null]", true),
        ("5", "String.Array", "[5]", true),
        (r#""x""#, "String.Array", "x", false),
        (r#"{"prefix":"ab"}"#, "String", "abc", true),
        (r#"{"prefix":"ab"}"#, "String", "ba", false),
        (r#"{"prefix":{"equals-ignore-case":"AB"}}"#, "String", "abc", true),
        (r#"{"suffix":"bc"}"#, "String", "abc", true),
        (r#"{"suffix":{"equals-ignore-case":"BC"}}"#, "String", "abc", true),
        (r#"{"equals-ignore-case":"ABC"}"#, "String", "aBc", true),
        (r#"{"equals-ignore-case":"ABC"}"#, "String", "aBcd", false),
        (r#"{"wildcard":"a*c"}"#, "String", "abbc", true),
        (r#"{"wildcard":"a*c*"}"#, "String", "ac", true),
        (r#"{"wildcard":"*b*c"}"#, "String", "abxc", true),
        (r#"{"wildcard":"a*c"}"#, "String", "abcd", false),
        (r#"{"wildcard":"a\\*c"}"#, "String", "a*c", true),
        (r#"{"wildcard":"a\\*c"}"#, "String", "abc", false),
        (r#"{"wildcard":"ab*ba"}"#, "String", "aba", false),
        (r#"{"anything-but":["x","y"]}"#, "String", "z", true),
        (r#"{"anything-but":["x","y"]}"#, "String", "y", false),
        (r#"{"anything-but":"x"}"#, "String", "x", false),
        (r#"{"anything-but":[1,2]}"#, "Number", "3", true),
        (r#"{"anything-but":1}"#, "Number", "1", false),
        (r#"{"anything-but":["x"]}"#, "String.Array", r#"["x","z"]"#, true),
        (r#"{"anything-but":["x"]}"#, "String.Array", r#"["x"]"#, false),
        (r#"{"anything-but":{"prefix":"a"}}"#, "String", "ba", true),
        (r#"{"anything-but":{"prefix":["a","b"]}}"#, "String", "ba", false),
        (r#"{"anything-but":{"suffix":"a"}}"#, "String", "ba", false),
        (r#"{"anything-but":{"wildcard":"a*c"}}"#, "String", "abc", false),
        (r#"{"anything-but":{"equals-ignore-case":["A"]}}"#, "String", "a", false),
        (r#"{"numeric":["=",5]}"#, "Number", "5", true),
        (r#"{"numeric":[">",0,"<=",100]}"#, "Number", "100", true),
        (r#"{"numeric":[">",0,"<=",100]}"#, "Number", "0", false),
        (r#"{"numeric":["<",0]}"#, "Number", "-1", true),
        (r#"{"numeric":[">=",3.5]}"#, "Number", "3.5", true),
        (r#"{"cidr":"10.0.0.0/24"}"#, "String", "10.0.0.255", true),
        (r#"{"cidr":"10.0.0.0/24"}"#, "String", "10.0.1.0", false),
        (r#"{"cidr":"0.0.0.0/0"}"#, "String", "1.2.3.4", true),
        (r#"{"cidr":"2001:db8:1234:1a00::/64"}"#, "String", "2001:0db8:1234:1a00:0000:0000:0000:0000", true),
        (r#"{"cidr":"10.0.0.0/24"}"#, "String", "::1", false),
        (r#"{"exists":true}"#, "Binary", "x", true),
        (r#"{"exists":false}"#, "String", "x", false),
    ] {
        check_attribute(rule, kind, value, expected);
    }
}

#[test]
fn all_keys_must_pass_and_one_of_the_choices() {
    let policy = r#"{"s":["x"],"$or":[{"a":["1","2"]},{"b":[{"exists":true}]}]}"#;
    let filter = compile(policy).unwrap();
    for (all, expected) in [
        (&[("s", "String", "x"), ("a", "String", "2")][..], true),
        (&[("s", "String", "x"), ("b", "String", "z")], true),
        (&[("s", "String", "x"), ("a", "String", "3")], false),
        (&[("s", "String", "y"), ("a", "String", "1")], false),
        (&[("a", "String", "1")], false),
        (&[], false),
    ] {
        assert_eq!(filter.passes_attributes(&attributes(all)), expected, "{all:?}");
    }
    let absent = compile(r#"{"a":[{"exists":false}]}"#).unwrap();
    assert!(absent.passes_attributes(&attributes(&[])));
    assert!(compile("{}").unwrap().passes_attributes(&attributes(&[])));
}

#[track_caller]
fn check_body(policy: &str, body: &str, expected: bool) {
    assert_eq!(compile_nested(policy).unwrap().passes_body(body), expected, "{policy} {body}");
}

#[test]
fn bodies_are_compared() {
    for (policy, body, expected) in [
        (r#"{"a":["x"]}"#, r#"{"a":"x"}"#, true),
        (r#"{"a":["x"]}"#, r#"{"a":"y"}"#, false),
        (r#"{"a":["x"]}"#, "x", false),
        (r#"{"a":["x"]}"#, r#"["x"]"#, false),
        ("{}", "x", true),
        (r#"{"a":[1]}"#, r#"{"a":1.0}"#, true),
        (r#"{"a":[null,true]}"#, r#"{"a":null}"#, true),
        (r#"{"a":{"b":["x"]}}"#, r#"{"a":{"b":"x"}}"#, true),
        (r#"{"a":{"b":["x"]}}"#, r#"{"a":{"b":["y","x"]}}"#, true),
        (r#"{"a":{"b":["x"]}}"#, r#"{"a":[{"b":"y"},{"b":"x"}]}"#, true),
        // Of an array, one element meets all.
        (r#"{"a":{"b":["x"],"c":["y"]}}"#, r#"{"a":[{"b":"x","c":"n"},{"b":"n","c":"y"}]}"#, false),
        (r#"{"a":{"b":["x"],"c":["y"]}}"#, r#"{"a":[{"b":"x","c":"y"}]}"#, true),
        // A dot and a step are the same.
        (r#"{"object.nested":["v"]}"#, r#"{"object":{"nested":"v"}}"#, true),
        (r#"{"object.nested":["v"]}"#, r#"{"object.nested":"v"}"#, true),
        (r#"{"object":{"nested.test":["v"]}}"#, r#"{"object.nested":{"test":"v"}}"#, true),
        (r#"{"object":{"nested.test":["v"]}}"#, r#"{"object":{"nested":{"test":"v"}}}"#, true),
        (r#"{"a":[{"exists":true}]}"#, r#"{"a":null}"#, true),
        (r#"{"a":[{"exists":true}]}"#, r#"{"a":{"b":1}}"#, false),
        (r#"{"a":[{"exists":false}]}"#, r#"{"b":1}"#, true),
        (r#"{"a":{"b":[{"exists":false}]}}"#, r#"{"a":{"c":1}}"#, true),
        (r#"{"a":{"b":[{"exists":false}]}}"#, r#"{"a":{"b":1}}"#, false),
        (r#"{"a":[{"anything-but":["x"]}]}"#, r#"{"a":"y"}"#, true),
        (r#"{"a":[{"anything-but":["x"]}]}"#, r#"{"b":"y"}"#, false),
        (
            r#"{"m":["CPU"],"d":{"$or":[{"s":["cw"]},{"t":["alarm"]}]}}"#,
            r#"{"m":"CPU","d":{"t":"alarm"}}"#,
            true,
        ),
        (
            r#"{"m":["CPU"],"d":{"$or":[{"s":["cw"]},{"t":["alarm"]}]}}"#,
            r#"{"m":"CPU","d":{"t":"x"}}"#,
            false,
        ),
        (r#"{"d":{"ip":[{"cidr":"10.0.0.0/24"}]}}"#, r#"{"d":{"ip":"10.0.0.255"}}"#, true),
    ] {
        check_body(policy, body, expected);
    }
}

#[test]
fn a_body_that_takes_too_long_does_not_pass() {
    let elements: Vec<String> = (0..300_000).map(|_| "[1]".to_owned()).collect();
    check_body(r#"{"a":["x"]}"#, &format!(r#"{{"a":[{}]}}"#, elements.join(",")), false);
}
