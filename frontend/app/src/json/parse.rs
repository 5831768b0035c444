//! From a text to a tree. serde_json's own parser is eight kilobytes of the page's module, most of it tables for fractions,
//! which the browser reads as well.

use serde_json::{Map, Number, Value};

/// Trees deeper than this are nobody's: reading one more level would take more of the stack.
const MAX_DEPTH: usize = 127;

/// The tree of a text; where it is none, the byte at which that shows.
pub(super) fn parse(text: &str) -> Result<Value, usize> {
    let mut parser = Parser { text, at: 0 };
    let tree = parser.value(MAX_DEPTH).filter(|_| parser.next().is_none());
    tree.ok_or(parser.at)
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
}

impl Parser<'_> {
    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The next byte that is no space.
    fn next(&mut self) -> Option<u8> {
        self.skip(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'));
        self.byte()
    }

    /// Goes on as long as bytes are such. How many there were.
    fn skip(&mut self, is_such: fn(u8) -> bool) -> usize {
        let from = self.at;
        while self.byte().is_some_and(is_such) {
            self.at += 1;
        }
        self.at - from
    }

    fn is(&mut self, wanted: u8) -> bool {
        let is = self.byte() == Some(wanted);
        self.at += usize::from(is);
        is
    }

    fn expect(&mut self, wanted: u8) -> Option<()> {
        self.next();
        self.is(wanted).then_some(())
    }

    fn value(&mut self, depth: usize) -> Option<Value> {
        match self.next()? {
            b'"' => self.string().map(Value::String),
            b'{' => self.object(depth.checked_sub(1)?),
            b'[' => self.array(depth.checked_sub(1)?),
            b'n' => self.word("null", Value::Null),
            b't' => self.word("true", Value::Bool(true)),
            b'f' => self.word("false", Value::Bool(false)),
            _ => self.number().map(Value::Number),
        }
    }

    fn word(&mut self, word: &str, value: Value) -> Option<Value> {
        let rest = self.text.get(self.at..)?;
        rest.starts_with(word).then(|| self.at += word.len())?;
        Some(value)
    }

    /// Reads parts with commas between them up to the end of what holds them.
    fn parts(&mut self, end: u8, mut part: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.at += 1;
        self.next();
        if self.is(end) {
            return Some(());
        }
        loop {
            part(self)?;
            self.next();
            if self.is(end) {
                return Some(());
            }
            self.expect(b',')?;
        }
    }

    fn array(&mut self, depth: usize) -> Option<Value> {
        let mut items = Vec::new();
        self.parts(b']', |parser| {
            items.push(parser.value(depth)?);
            Some(())
        })?;
        Some(Value::Array(items))
    }

    fn object(&mut self, depth: usize) -> Option<Value> {
        let mut members = Map::new();
        self.parts(b'}', |parser| {
            parser.next();
            let name = parser.string()?;
            parser.expect(b':')?;
            members.insert(name, parser.value(depth)?);
            Some(())
        })?;
        Some(Value::Object(members))
    }

    fn string(&mut self) -> Option<String> {
        self.is(b'"').then_some(())?;
        let mut read = String::new();
        loop {
            let from = self.at;
            self.skip(|byte| byte >= b' ' && byte != b'"' && byte != b'\\');
            read.push_str(self.text.get(from..self.at)?);
            if self.is(b'"') {
                return Some(read);
            }
            self.is(b'\\').then_some(())?;
            read.push(self.escaped()?);
        }
    }

    fn escaped(&mut self) -> Option<char> {
        let letter = self.byte()?;
        self.at += 1;
        Some(match letter {
            b'"' | b'\\' | b'/' => char::from(letter),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => self.unit_or_pair()?,
            _ => return None,
        })
    }

    /// A character of four digits, or of twice four: two halves that belong together.
    fn unit_or_pair(&mut self) -> Option<char> {
        let first = self.unit()?;
        if !(0xd800..0xdc00).contains(&first) {
            return char::from_u32(first);
        }
        (self.is(b'\\') && self.is(b'u')).then_some(())?;
        let second = self.unit()?.checked_sub(0xdc00).filter(|second| *second < 0x400)?;
        char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + second)
    }

    fn unit(&mut self) -> Option<u32> {
        let digits = self.text.get(self.at..self.at + 4)?;
        let unit =
            digits.bytes().try_fold(0, |unit, digit| Some(unit * 16 + char::from(digit).to_digit(16)?))?;
        self.at += 4;
        Some(unit)
    }

    fn number(&mut self) -> Option<Number> {
        let from = self.at;
        let digits = |parser: &mut Self| parser.skip(|byte| byte.is_ascii_digit());
        let is_negative = self.is(b'-');
        // A number that begins with 0 is that, or a fraction.
        if !self.is(b'0') && digits(self) == 0 {
            return None;
        }
        let whole = self.at;
        if self.is(b'.') && digits(self) == 0 {
            return None;
        }
        if self.is(b'e') || self.is(b'E') {
            let _ = self.is(b'+') || self.is(b'-');
            if digits(self) == 0 {
                return None;
            }
        }
        let text = self.text.get(from..self.at)?;
        let integer = match is_negative {
            _ if self.at > whole => None,
            false => text.parse::<u64>().ok().map(Number::from),
            true => text.parse::<i64>().ok().filter(|number| *number != 0).map(Number::from),
        };
        integer.or_else(|| Number::from_f64(fraction(text)))
    }
}

/// A number with a fraction, or too large for an integer.
#[cfg(target_arch = "wasm32")]
fn fraction(text: &str) -> f64 {
    js_sys::parse_float(text)
}

/// The same, for tests, where there is no browser.
#[cfg(not(target_arch = "wasm32"))]
fn fraction(text: &str) -> f64 {
    text.parse().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What is read is what serde_json reads, and nothing else is.
    fn check(text: &str) {
        let theirs = serde_json::from_str::<Value>(text).ok();
        let ours = parse(text).ok();
        let same = match (&ours, &theirs) {
            (Some(ours), Some(theirs)) => is_same(ours, theirs),
            (ours, theirs) => ours == theirs,
        };
        assert!(same, "{text}: {ours:?}, {theirs:?}");
    }

    /// serde_json's fractions may be near those that are written.
    fn is_same(ours: &Value, theirs: &Value) -> bool {
        match (ours, theirs) {
            (Value::Number(ours), Value::Number(theirs)) if ours.is_f64() && theirs.is_f64() => {
                let (ours, theirs) = (ours.as_f64().unwrap(), theirs.as_f64().unwrap());
                ours.to_bits().abs_diff(theirs.to_bits()) <= 64
            }
            (Value::Array(ours), Value::Array(theirs)) => {
                ours.len() == theirs.len()
                    && ours.iter().zip(theirs).all(|(ours, theirs)| is_same(ours, theirs))
            }
            (Value::Object(ours), Value::Object(theirs)) => {
                ours.keys().eq(theirs.keys())
                    && ours.values().zip(theirs.values()).all(|(ours, theirs)| is_same(ours, theirs))
            }
            (ours, theirs) => ours == theirs,
        }
    }

    #[test]
    fn numbers_are_read_as_serde_json_reads_them() {
        for text in [
            "0",
            "-0",
            "7",
            "-7",
            "01",
            "-01",
            "+1",
            "1.",
            ".5",
            "0.5",
            "-0.0",
            "1e5",
            "1E+5",
            "1e-5",
            "1e",
            "1e+",
            "1.5e300",
            "1e400",
            "-1e400",
            "1e-400",
            "18446744073709551615",
            "18446744073709551616",
            "-9223372036854775808",
            "-9223372036854775809",
            "0x1",
            "1a",
            "-",
            "- 1",
            "Infinity",
            "NaN",
            "00",
            "1 2",
            "0e0",
            "9007199254740993",
            "0.1",
            "1.7976931348623157e308",
        ] {
            check(text);
        }
    }

    #[test]
    fn texts_are_read_as_serde_json_reads_them() {
        for text in [
            r#""""#,
            r#""é😀\u0000\u00e9\ud83d\ude00\b\f\n\r\t\/\\\"""#,
            r#""\ud83d""#,
            r#""\ud83dx""#,
            r#""\ud83d\u0041""#,
            r#""\ude00""#,
            r#""\u12""#,
            r#""\u12é""#,
            r#""\uD83D\uDE00""#,
            r#""\x""#,
            "\"\n\"",
            "\"\u{7f}\u{2028}\"",
            "\"",
            r#""\"#,
            r#""\u+123""#,
            "\"a\" \"b\"",
        ] {
            check(text);
        }
    }

    #[test]
    fn trees_are_read_as_serde_json_reads_them() {
        for text in [
            "",
            " ",
            "null",
            "nul",
            "nulll",
            "true",
            "false",
            "tru",
            "[]",
            "[1,]",
            "[,1]",
            "[1 2]",
            "[1",
            "{}",
            "{",
            r#"{"a":1}"#,
            r#"{"a":1,}"#,
            r#"{"a" 1}"#,
            "{a:1}",
            r#"{"a":1,"a":2}"#,
            r#" { "a" : [ 1 , { } ] } "#,
            "\u{feff}1",
            "[1]x",
            "\t\r\n[\n]\n",
            "[[[]],[{}]]",
            r#"{"a":{"b":[null,true]}}"#,
            "}",
            "]",
            "\u{b}1",
        ] {
            check(text);
        }
        for depth in [126, 127, 128, 129, 100_000] {
            check(&("[".repeat(depth) + &"]".repeat(depth)));
            check(&"{\"a\":".repeat(depth));
        }
    }

    #[test]
    fn what_is_wrong_is_found_where_it_is() {
        assert_eq!(parse(r#"{"a":1,"b":x}"#), Err(11));
        assert_eq!(parse("[1] 2"), Err(4));
    }

    fn json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(5, 50, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::btree_map(any::<String>(), inner, 0..6)
                    .prop_map(|members| members.into_iter().collect()),
            ]
        })
    }

    proptest! {
        #[test]
        fn any_tree_is_read_as_serde_json_reads_it(tree in json(), cut in any::<prop::sample::Index>(), put in "[\"{}\\[\\],:0-9eE.+\\\\ntf u-]?") {
            let text = tree.to_string();
            check(&text);
            // And with a letter in it, or one less.
            let places: Vec<_> = text.char_indices().map(|(at, _)| at).collect();
            let at = places[cut.index(places.len())];
            let rest = &text[at..];
            check(&format!("{}{put}{}", &text[..at], rest));
            check(&format!("{}{put}{}", &text[..at], rest.chars().skip(1).collect::<String>()));
        }
    }
}
