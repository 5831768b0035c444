//! Whose a resource is that a deployment makes, so that a step which is repeated after a crash finds its own and no other.

use serde::{Deserialize, Serialize};

use crate::error::AwsError;

/// Which step of a deployment made something, kept in its record by who makes it, with it; nobody's step where a request
/// did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Maker(Option<String>);

impl Maker {
    /// No step.
    pub const NOBODY: Self = Self(None);

    /// The step of that token.
    pub fn step(token: &str) -> Self {
        Self(Some(token.to_owned()))
    }

    /// Whether what is to be made is there, made by this very step; an error where anybody else made it. To be asked where
    /// it is made, in one transaction.
    pub fn repeats(
        &self,
        present: Option<&Self>,
        taken: impl FnOnce() -> AwsError,
    ) -> Result<bool, AwsError> {
        match present {
            None => Ok(false),
            Some(maker) if *self != Self::NOBODY && maker == self => Ok(true),
            Some(_) => Err(taken()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(own: &Maker, present: Option<&Maker>, expected: Option<bool>) {
        let taken = || AwsError::new("Taken", "It is somebody else's");
        assert_eq!(own.repeats(present, taken).ok(), expected, "{own:?} {present:?}");
    }

    #[test]
    fn a_step_finds_its_own_and_no_other() {
        let (one, other, nobody) = (Maker::step("1"), Maker::step("2"), Maker::NOBODY);
        for own in [&one, &nobody] {
            check(own, None, Some(false));
            check(own, Some(&other), None);
            check(own, Some(&nobody), None);
        }
        check(&one, Some(&one), Some(true));
        assert_eq!(serde_json::to_string(&[one, nobody]).unwrap(), r#"["1",null]"#);
    }
}
