//! How much memory JSON takes when it is decoded, estimated from its text before that: much more than its bytes, where
//! it is made of many small things.

/// Bytes of an object with members: a tree's node. Empty lists cost what any value does.
const OBJECT: u64 = 640;
/// Bytes of a value, or of a list's place for one.
const VALUE: u64 = 32;

/// Bytes that the text's values take in memory at most, about.
///
/// ```
/// # use ide_core::weight::decoded;
/// assert!(decoded(&"[".repeat(100)) > 3_000);
/// assert!(decoded(&format!("{:?}", "[".repeat(100))) < 300, "within a text they are only letters");
/// ```
pub fn decoded(json: &str) -> u64 {
    let (mut objects, mut values) = (0, 1);
    let (mut within_text, mut escaped) = (false, false);
    for byte in json.bytes() {
        if within_text {
            within_text = escaped || byte != b'"';
            escaped = !escaped && byte == b'\\';
            continue;
        }
        match byte {
            b'"' => within_text = true,
            b'{' => objects += 1,
            b'[' | b',' | b':' => values += 1,
            _ => {}
        }
    }
    json.len() as u64 + objects * OBJECT + values * VALUE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(json: &str, objects: u64, values: u64) {
        assert_eq!(decoded(json), json.len() as u64 + objects * OBJECT + values * VALUE, "{json}");
    }

    #[test]
    fn what_is_made_of_small_things_weighs_much() {
        check("1", 0, 1);
        check("[[],[]]", 0, 5);
        check(r#"{"a":{"b":[1,2]}}"#, 2, 5);
        check(r#"["{[,:\"{\\"]"#, 0, 2);
        check(r#"{"text":"fn main() { a[1], b }"}"#, 1, 2);
        let small = r#"{"":0},"#.repeat(100_000);
        assert!(decoded(&small) > 60_000_000);
    }
}
