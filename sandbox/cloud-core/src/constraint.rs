//! AWS's words for values that are not as a model wants them, for whoever checks them: `cloud-wire` what models state, services
//! what they hold values to beyond.

use crate::error::AwsError;

/// How much of a wrong value is shown back.
const SHOWN: usize = 1024;

/// A value that breaks a constraint: "Member must have length less than or equal to 64".
pub fn broken(code: &'static str, value: &str, place: &str, constraint: &str) -> AwsError {
    all(code, &[sentence(value, place, constraint)])
}

/// What is said of one value.
pub fn sentence(value: &str, place: &str, constraint: &str) -> String {
    format!("Value '{}' at '{place}' failed to satisfy constraint: {constraint}", shortened(value))
}

/// All that is wrong, in one message.
pub fn all(code: &'static str, sentences: &[String]) -> AwsError {
    let plural = if sentences.len() == 1 { "" } else { "s" };
    let said = sentences.join("; ");
    AwsError::new(code, format!("{} validation error{plural} detected: {said}", sentences.len()))
}

/// As much of a text as is shown.
pub fn shortened(text: &str) -> String {
    let mut letters = text.chars();
    let mut shown: String = letters.by_ref().take(SHOWN).collect();
    if letters.next().is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_said_in_one_message() {
        let longest = "Member must have length less than or equal to 1";
        let one = "1 validation error detected: Value 'ab' at 'name' failed to satisfy constraint: "
            .to_owned()
            + longest;
        let error = broken("ValidationError", "ab", "name", longest);
        assert_eq!((error.code(), error.message()), ("ValidationError", one.as_str()));
        let error = all("ValidationError", &["a".to_owned(), "b".to_owned()]);
        assert_eq!(error.message(), "2 validation errors detected: a; b");
        let long = "é".repeat(SHOWN);
        assert_eq!((shortened(&long), shortened(&format!("{long}é"))), (long.clone(), format!("{long}…")));
    }
}
