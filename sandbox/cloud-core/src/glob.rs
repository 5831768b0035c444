//! Patterns in which `*` stands for anything: of origins, of words in a log.
//!
//! Not those of policies, which know `?` and variables and count their steps: `cloud-policy`'s.

/// A pattern. It is compared in time linear to the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glob(Vec<String>);

impl Glob {
    /// Reads a pattern; every text is one.
    pub fn of(pattern: &str) -> Self {
        Self(pattern.split('*').map(str::to_owned).collect())
    }

    /// Whether the whole text is of this form: each part is taken where it first fits.
    pub fn matches(&self, text: &str) -> bool {
        let [first, middle @ .., last] = self.0.as_slice() else {
            return self.0.first().is_some_and(|only| only == text);
        };
        let Some(mut rest) = text.strip_prefix(first.as_str()) else { return false };
        for part in middle {
            let Some(place) = rest.find(part.as_str()) else { return false };
            rest = rest.get(place + part.len()..).unwrap_or_default();
        }
        rest.ends_with(last.as_str())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Tries everything that a wildcard may stand for.
    fn slow(pattern: &str, text: &str) -> bool {
        match (pattern.chars().next(), text.chars().next()) {
            (None, None) => true,
            (Some('*'), _) => {
                slow(&pattern[1..], text)
                    || text.chars().next().is_some_and(|c| slow(pattern, &text[c.len_utf8()..]))
            }
            (Some(wanted), Some(letter)) if wanted == letter => {
                slow(&pattern[wanted.len_utf8()..], &text[letter.len_utf8()..])
            }
            _ => false,
        }
    }

    proptest! {
        #[test]
        fn it_matches_what_a_slow_model_matches(pattern in "[ab*ä]{0,8}", text in "[abä]{0,8}") {
            prop_assert_eq!(Glob::of(&pattern).matches(&text), slow(&pattern, &text));
        }
    }
}
