//! How many or how large things may be by AWS's default, and how what is beyond is refused. Each service has its quotas in one
//! place, its `quotas.rs`.

use crate::error::AwsError;
use crate::refusal::Refusal;

/// One of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// What is counted or measured, as AWS calls it.
    pub name: &'static str,
    /// How much there may be.
    pub most: usize,
    /// In what it is measured; of things that are counted these themselves.
    pub unit: &'static str,
    /// To what is beyond: `{much}`, `{most}`, `{unit}` and whatever else the case has.
    pub refusal: Refusal,
}

impl Quota {
    /// Whether there may be so much.
    pub fn check(&self, much: usize) -> Result<(), AwsError> {
        self.check_of(much, &[])
    }

    /// The same, and what else is told where there may not.
    pub fn check_of(&self, much: usize, places: &[(&str, &str)]) -> Result<(), AwsError> {
        if much <= self.most {
            return Ok(());
        }
        let (much, most) = (much.to_string(), self.most.to_string());
        let own = [("much", much.as_str()), ("most", most.as_str()), ("unit", self.unit)];
        Err(self.refusal.error(&[&own, places].concat()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_beyond_is_refused_in_the_service_s_words() {
        let refusal = Refusal("LimitExceeded", 409, "{thing} has {much} and not {most} {unit}");
        let quota = Quota { name: "things", most: 2, unit: "parts", refusal };
        assert!(quota.check(2).is_ok());
        let error = quota.check_of(3, &[("thing", "it")]).unwrap_err();
        assert_eq!(error.to_string(), "LimitExceeded: it has 3 and not 2 parts");
        assert_eq!(error.http_status(), 409);
    }
}
