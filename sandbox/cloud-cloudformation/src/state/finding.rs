//! What is wrong with a resource that nobody has tried to make.

use serde::{Deserialize, Serialize};

/// One resource whose properties its type's schema does not allow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The resource's name in the template.
    pub logical_id: String,
    /// Its type.
    pub type_name: String,
    /// What is wrong, `#/Place/inside: what`; never nothing.
    pub words: Vec<String>,
}

impl Finding {
    /// A finding, if anything is wrong.
    pub fn of(logical_id: &str, type_name: &str, words: Vec<String>) -> Option<Self> {
        let (logical_id, type_name) = (logical_id.to_owned(), type_name.to_owned());
        (!words.is_empty()).then_some(Self { logical_id, type_name, words })
    }

    // AWS: the words of the check that comes before the handler of the type.
    /// The reason of a resource that failed for it.
    pub fn reason(&self) -> String {
        let Self { logical_id, words, .. } = self;
        format!("{INVALID} {logical_id} with message: [{}]", words.join(", "))
    }

    /// What is wrong with each place in the template: the way there, and the words.
    pub fn places(&self) -> impl Iterator<Item = (Vec<String>, &str)> {
        self.words.iter().map(|words| {
            let inside = words.split(": ").next().unwrap_or_default().trim_start_matches("#/");
            let inside = inside.split('/').filter(|step| !step.is_empty() && *step != "#");
            let inside = inside.map(|step| step.replace("~1", "/").replace("~0", "~"));
            let top = ["Resources", self.logical_id.as_str(), "Properties"].map(str::to_owned);
            (top.into_iter().chain(inside).collect(), words.as_str())
        })
    }
}

/// How the reason of a resource begins that was found wrong.
const INVALID: &str = "Properties validation failed for resource";

/// Whether a resource failed because it was found wrong.
pub fn is_invalidity(reason: &str) -> bool {
    reason.starts_with(INVALID)
}

/// What such a reason says is wrong.
pub fn words(reason: &str) -> &str {
    let words = reason.split_once(" with message: ").map_or(reason, |(_, words)| words);
    words.strip_prefix('[').and_then(|words| words.strip_suffix(']')).unwrap_or(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_lead_to_places() {
        let words = ["#: required key [A] not found", "#/B/0/a~1b: #: 0 subschemas matched instead of one"];
        let finding = Finding::of("R", "T", words.map(str::to_owned).to_vec()).unwrap();
        let places: Vec<String> = finding.places().map(|(steps, _)| steps.join(" ")).collect();
        assert_eq!(places, ["Resources R Properties", "Resources R Properties B 0 a/b"]);
        let reason = finding.reason();
        assert!(is_invalidity(&reason));
        assert!(self::words(&reason).starts_with("#: required key [A] not found, #/B/0"), "{reason}");
        assert_eq!(Finding::of("R", "T", Vec::new()), None);
    }
}
