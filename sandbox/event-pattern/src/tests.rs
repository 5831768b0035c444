//! What patterns may say, and what they match.

use serde_json::json;

use super::*;

#[track_caller]
fn check_wrong(pattern: &str, message: &str, column: Option<usize>) {
    let expected = match column {
        Some(column) => format!("{message}\n at [Source: (String)\"{pattern}\"; line: 1, column: {column}]"),
        None => message.to_owned(),
    };
    assert_eq!(Pattern::read(pattern).unwrap_err().0, expected, "{pattern}");
}

#[test]
fn mistakes_are_told_with_their_places() {
    for (pattern, message, column) in [
        ("{}", "Empty objects are not allowed", 3),
        (r#"{"a":{}}"#, "Empty objects are not allowed", 8),
        (r#"{"key":[]}"#, "Empty arrays are not allowed", 10),
        ("null", "Filter is not an object", 5),
        (r#""simple string""#, "Filter is not an object", 2),
        ("[1]", "Filter is not an object", 2),
        (r#"{"eventSource":"aws:sqs"}"#, "\"eventSource\" must be an object or an array", 17),
        (r#"{"key":[{"suffix":100}]}"#, "suffix match pattern must be a string", 22),
        (r#"{"key":[[1]]}"#, "Match value must be String, number, true, false, or null", 10),
        (r#"{"key":[{"numeric":[">=",1,">",2]}]}"#, "Bad numeric range operator: >", 31),
        (r#"{"key":[{"numeric":[">",3,"<",1]}]}"#, "Bottom must be less than top", 33),
        (r#"{"key":[{"exists":"no"}]}"#, "exists match pattern must be either true or false.", 20),
        (r#"{"key":[{"unknown":1}]}"#, "Unrecognized match type unknown", 21),
        // The last of them counts, and each is looked at.
        (r#"{"a":[],"a":[1]}"#, "Empty arrays are not allowed", 8),
    ] {
        check_wrong(pattern, message, Some(column));
    }
    check_wrong(
        r#"{"a":[{"cidr":"10.0.0.0/33"}]}"#,
        "Malformed CIDR, mask bits must be between 0 and 32",
        None,
    );
    let bounds = "Value must be between -5.0E9 and 5.0E9, inclusive";
    check_wrong(r#"{"a":[{"numeric":["=",5000000001]}]}"#, bounds, None);
    check_wrong(r#"{"a":[{"anything-but":-6e9}]}"#, bounds, None);
}

#[test]
fn patterns_are_bounded() {
    let long = format!(r#"{{"a":["{}"]}}"#, "x".repeat(LONGEST));
    assert!(Pattern::read(&long).unwrap_err().0.contains("is longer than"));
    let deep = format!("{}1{}", "[".repeat(100), "]".repeat(100));
    assert!(Pattern::read(&deep).unwrap_err().0.contains("more than 64 deep"));
    let choice = r#"{"$or":[{"a":[1]},{"b":[1]},{"c":[1]},{"d":[1]},{"e":[1]},{"f":[1]},{"g":[1]},{"h":[1]},{"i":[1]},{"j":[1]}]}"#;
    let nested = |depth: usize| {
        let keys = (0..depth).map(|key| format!(r#""k{key}":{choice}"#)).collect::<Vec<_>>();
        format!("{{{}}}", keys.join(","))
    };
    assert!(Pattern::read(&nested(3)).is_ok(), "a thousand");
    assert!(Pattern::read(&nested(4)).unwrap_err().0.contains("too complex"));
}

#[track_caller]
fn check(pattern: &str, event: &str, expected: bool) {
    let read = Pattern::read(pattern).unwrap();
    assert_eq!(read.matches(&Event::read(event).unwrap()), expected, "{pattern} {event}");
}

#[track_caller]
fn check_rule(rule: &str, value: &str, expected: bool) {
    check(&format!(r#"{{"a":[{rule}]}}"#), &format!(r#"{{"a":{value}}}"#), expected);
}

#[test]
fn values_are_compared_as_they_are_written() {
    for (rule, value, expected) in [
        (r#""x""#, r#""x""#, true),
        (r#""x""#, r#""X""#, false),
        (r#""""#, r#""""#, true),
        ("300", "300", true),
        ("300", "300.0", false),
        ("3.0e2", "300", false),
        ("300", r#""300""#, false),
        ("true", "true", true),
        ("true", r#""true""#, false),
        ("null", "null", true),
        ("null", "false", false),
    ] {
        check_rule(rule, value, expected);
    }
}

#[test]
fn operators_compare() {
    for (rule, value, expected) in [
        (r#"{"prefix":"ab"}"#, r#""abc""#, true),
        (r#"{"prefix":"ab"}"#, r#""ba""#, false),
        (r#"{"prefix":{"equals-ignore-case":"AB"}}"#, r#""abc""#, true),
        (r#"{"suffix":"bc"}"#, r#""abc""#, true),
        (r#"{"suffix":{"equals-ignore-case":"BC"}}"#, r#""abc""#, true),
        (r#"{"equals-ignore-case":"ABC"}"#, r#""aBc""#, true),
        (r#"{"wildcard":"a*c"}"#, r#""abbc""#, true),
        (r#"{"wildcard":"a*c"}"#, r#""abcd""#, false),
        (r#"{"wildcard":"a\\*c"}"#, r#""a*c""#, true),
        (r#"{"wildcard":"ab*ba"}"#, r#""aba""#, false),
        (r#"{"anything-but":["x","y"]}"#, r#""z""#, true),
        (r#"{"anything-but":["x","y"]}"#, r#""y""#, false),
        (r#"{"anything-but":"x"}"#, "1", true),
        (r#"{"anything-but":1}"#, "1.0", false),
        (r#"{"anything-but":[1,2]}"#, "3", true),
        (r#"{"anything-but":["x"]}"#, "[]", false),
        (r#"{"anything-but":["x"]}"#, r#"["x","z"]"#, true),
        (r#"{"anything-but":["x"]}"#, "{}", false),
        (r#"{"anything-but":{"prefix":"a"}}"#, r#""ba""#, true),
        (r#"{"anything-but":{"suffix":["a","b"]}}"#, r#""ab""#, false),
        (r#"{"anything-but":{"wildcard":"a*c"}}"#, r#""abc""#, false),
        (r#"{"numeric":["=",300]}"#, "3.0e2", true),
        (r#"{"numeric":["=",0.000001]}"#, "0.0000014", true),
        (r#"{"numeric":["=",1]}"#, r#""1""#, false),
        (r#"{"numeric":[">",10,"<=",20]}"#, "20", true),
        (r#"{"numeric":[">",10,"<=",20]}"#, "10", false),
        (r#"{"numeric":["<",10]}"#, "-6e9", false),
        (r#"{"cidr":"10.0.0.0/24"}"#, r#""10.0.0.255""#, true),
        (r#"{"cidr":"10.0.0.0/24"}"#, r#""10.0.1.0""#, false),
        (r#"{"cidr":"0.0.0.0/0"}"#, r#""1.2.3.4""#, true),
        (r#"{"cidr":"2001:db8::/32"}"#, r#""2001:db8:1::1""#, true),
        (r#"{"exists":true}"#, "null", true),
        (r#"{"exists":true}"#, r#"{"b":1}"#, false),
        (r#"{"exists":true}"#, "[]", false),
        (r#"{"exists":false}"#, r#"{"b":1}"#, true),
        (r#"{"exists":false}"#, "1", false),
    ] {
        check_rule(rule, value, expected);
    }
}

#[test]
fn events_are_looked_into() {
    for (pattern, event, expected) in [
        (r#"{"a":["x"]}"#, r#"{"b":"x"}"#, false),
        (r#"{"a":["x"],"b":[1]}"#, r#"{"a":"x","b":1,"c":0}"#, true),
        (r#"{"a":["x"],"b":[1]}"#, r#"{"a":"x","b":2}"#, false),
        (r#"{"a":["x"]}"#, r#""x""#, false),
        (r#"{"a":["x"]}"#, r#"[{"a":"x"}]"#, true),
        (r#"{"a":{"b":["x"]}}"#, r#"{"a":{"b":["y","x"]}}"#, true),
        (r#"{"a":{"b":["x"]}}"#, r#"{"a":[[{"b":"y"}],[{"b":"x"}]]}"#, true),
        // Of an array, one element meets all.
        (r#"{"a":{"b":["x"],"c":["y"]}}"#, r#"{"a":[{"b":"x","c":"n"},{"b":"n","c":"y"}]}"#, false),
        (r#"{"a":{"b":["x"],"c":["y"]}}"#, r#"{"a":[{"b":"n"},{"b":"x","c":"y"}]}"#, true),
        // A dot and a step are the same.
        (r#"{"a.b":["v"]}"#, r#"{"a":{"b":"v"}}"#, true),
        (r#"{"a":{"b.c":["v"]}}"#, r#"{"a.b":{"c":"v"}}"#, true),
        // Of members of one name the last counts.
        (r#"{"a":["x"]}"#, r#"{"a":"x","a":"y"}"#, false),
        (r#"{"a":["x"],"a":["y"]}"#, r#"{"a":"y"}"#, true),
        (r#"{"a":{"b":[{"exists":false}]}}"#, r#"{"a":{"c":1}}"#, true),
        (r#"{"a":{"b":[{"exists":false}]}}"#, r#"{"a":{"b":1}}"#, false),
        (r#"{"a":[{"exists":false},"x"]}"#, r#"{"a":"x"}"#, true),
        (r#"{"m":["c"],"$or":[{"s":["1"]},{"t":["2"]}]}"#, r#"{"m":"c","t":"2"}"#, true),
        (r#"{"m":["c"],"$or":[{"s":["1"]},{"t":["2"]}]}"#, r#"{"m":"c","t":"1"}"#, false),
        (r#"{"d":{"$or":[{"s":["1"]},{"t":["2"],"u":["3"]}]}}"#, r#"{"d":{"t":"2","u":"3"}}"#, true),
        // With one choice, or with operators, it is a key that is called so.
        (r#"{"$or":["x"]}"#, r#"{"$or":"x"}"#, true),
        (r#"{"$or":[{"prefix":"a"},{"suffix":"b"}]}"#, r#"{"$or":"ab"}"#, true),
    ] {
        check(pattern, event, expected);
    }
}

#[test]
fn events_are_put_together() {
    let mut event = Event::from(&json!({ "n": 1.0, "t": [true, null], "o": { "s": "x" } }));
    event.set("o", Event::object([("s", Event::text("y"))]));
    event.set("new", Event::text("z"));
    for (pattern, expected) in [
        (r#"{"n":[1.0],"t":[null],"o":{"s":["y"]},"new":["z"]}"#, true),
        (r#"{"o":{"s":["x"]}}"#, false),
        (r#"{"n":[1]}"#, false),
    ] {
        assert_eq!(Pattern::read(pattern).unwrap().matches(&event), expected, "{pattern}");
    }
    assert!(event.is_object_or_array() && !Event::text("{}").is_object_or_array());
    let deep = format!("{}1{}", "[".repeat(200), "]".repeat(200));
    assert!(Event::read(&deep).unwrap_err().0.contains("more than 127 deep"));
}

#[test]
fn a_pattern_says_what_it_asks_for() {
    for (pattern, plain, within) in [
        (r#"{"body":["x"]}"#, true, false),
        (r#"{"body":{"a":["x"]}}"#, false, true),
        (r#"{"body.a":["x"]}"#, false, true),
        (r#"{"bodyguard":["x"]}"#, false, false),
        (r#"{"$or":[{"body":["x"]},{"body":{"a":[1]}}]}"#, true, true),
    ] {
        assert_eq!(Pattern::read(pattern).unwrap().asks("body"), Asked { plain, within }, "{pattern}");
    }
}

#[test]
fn what_takes_too_long_does_not_match() {
    let elements: Vec<String> = (0..500_000).map(|_| "[1]".to_owned()).collect();
    let event = format!(r#"{{"a":[{}]}}"#, elements.join(","));
    let choices: Vec<String> = (0..30).map(|key| format!(r#"{{"a":[{key}.2]}}"#)).collect();
    check(&format!(r#"{{"$or":[{}]}}"#, choices.join(",")), &event, false);
    check(r#"{"a":[1]}"#, &event, true);
}
