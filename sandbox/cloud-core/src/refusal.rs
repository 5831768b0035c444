//! How a service refuses what every service refuses in words of its own: data beside its shapes.

use crate::error::AwsError;

/// An answer: code, status, and a text with places in braces (`{most}`) for what is told of the case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal(pub &'static str, pub u16, pub &'static str);

impl Refusal {
    /// The error, with what stands in each place of its text.
    pub fn error(&self, places: &[(&str, &str)]) -> AwsError {
        let Self(code, status, text) = *self;
        AwsError::new(code, filled(text, places)).status(status)
    }
}

/// A text with its places filled. What is told has no places.
fn filled(text: &str, places: &[(&str, &str)]) -> String {
    let (mut filled, mut rest) = (String::with_capacity(text.len()), text);
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let named = after.split_once('}');
        let told =
            named.and_then(|(name, after)| Some((places.iter().find(|(place, _)| *place == name)?.1, after)));
        if let Some((told, after)) = told {
            filled.push_str(told);
            rest = after;
        } else {
            filled.push('{');
            rest = after;
        }
    }
    filled + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_filled_and_what_is_told_has_none() {
        let check = |text: &str, expected: &str| {
            assert_eq!(filled(text, &[("a", "{b}"), ("b", "2")]), expected, "{text}");
        };
        check("no place", "no place");
        check("{a} and {b}, {b}", "{b} and 2, 2");
        check("{c} {", "{c} {");
        check("{{b}", "{2");
        let error = Refusal("Wrong", 409, "at most {most}").error(&[("most", "3")]);
        assert_eq!((error.code(), error.http_status(), error.message()), ("Wrong", 409, "at most 3"));
    }
}
