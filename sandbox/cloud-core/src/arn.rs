//! Amazon Resource Names: parsing, printing, taking apart. Not whether such a resource exists.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::ids::{AccountId, Region};
use crate::region::{Partition, Realm};

/// The longest ARN that is read; AWS's own limits lie at or below it.
const MAX_LENGTH: usize = 2048;

/// `arn:partition:service:region:account:resource`. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Arn {
    text: Arc<str>,
    /// Where partition, service, region and account end in it.
    ends: [usize; 4],
}

/// Why a text is no ARN.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ArnError {
    /// It does not start with `arn:`.
    #[error("an ARN starts with `arn:`")]
    Prefix,
    /// Fewer than six parts, or an empty partition, service or resource.
    #[error("an ARN has the parts arn:partition:service:region:account:resource")]
    Parts,
    /// Longer than 2,048 bytes, or with control characters.
    #[error("an ARN has at most 2048 printable characters")]
    Characters,
}

impl Arn {
    /// The ARN of a regional resource, in the partition of its region.
    pub fn new(service: &str, region: &Region, account: &AccountId, resource: impl AsRef<str>) -> Self {
        let parts = [region.partition().id, service, region.as_str(), account.as_str()];
        Self::of_parts(parts, resource.as_ref())
    }

    /// The ARN of a resource without a region, as IAM's and STS's are, in the partition `aws`.
    pub fn global(service: &str, account: &AccountId, resource: impl AsRef<str>) -> Self {
        Self::of_parts(["aws", service, "", account.as_str()], resource.as_ref())
    }

    fn of_parts(parts: [&str; 4], resource: &str) -> Self {
        let length = parts.iter().fold(resource.len(), |length, part| length + part.len());
        let mut text = String::with_capacity("arn:::::".len() + length);
        text.push_str("arn");
        let ends = parts.map(|part| {
            text.push(':');
            text.push_str(part);
            text.len()
        });
        text.push(':');
        text.push_str(resource);
        Self { text: text.into(), ends }
    }

    /// The same in another partition.
    #[must_use]
    pub fn in_partition(self, partition: &Partition) -> Self {
        Self::of_parts([partition.id, self.service(), self.region(), self.account()], self.resource())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it names that account and that region.
    pub fn is_of(&self, realm: &Realm) -> bool {
        self.account() == realm.account.as_str() && self.region() == realm.region.as_str()
    }

    /// The account and region that it names; none where it leaves one of them out.
    pub fn realm(&self) -> Option<Realm> {
        let is_whole = AccountId::is_one(self.account()) && !self.region().is_empty();
        is_whole.then(|| Realm::new(AccountId::new(self.account()), Region::new(self.region())))
    }

    /// `aws`, `aws-cn`, ….
    pub fn partition(&self) -> &str {
        let [end, ..] = self.ends;
        self.between("arn:".len(), end)
    }

    /// `lambda`, `s3`, ….
    pub fn service(&self) -> &str {
        let [before, end, ..] = self.ends;
        self.between(before + 1, end)
    }

    /// The region, empty for global services.
    pub fn region(&self) -> &str {
        let [_, before, end, _] = self.ends;
        self.between(before + 1, end)
    }

    /// The twelve digits, empty where the service leaves them out (S3).
    pub fn account(&self) -> &str {
        let [.., before, end] = self.ends;
        self.between(before + 1, end)
    }

    /// Everything after the fifth colon: `function:name:alias`, `role/path/name`, `bucket/key`.
    pub fn resource(&self) -> &str {
        let [.., before] = self.ends;
        self.between(before + 1, self.text.len())
    }

    fn between(&self, begin: usize, end: usize) -> &str {
        self.text.get(begin..end).unwrap_or_default()
    }

    /// The resource's type where the form is `type/id` or `type:id`.
    pub fn resource_type(&self) -> Option<&str> {
        let resource = self.resource();
        resource.find([':', '/']).and_then(|end| resource.get(..end))
    }

    /// What follows the type, or the whole resource where there is none.
    pub fn resource_id(&self) -> &str {
        let resource = self.resource();
        resource.find([':', '/']).and_then(|end| resource.get(end + 1..)).unwrap_or(resource)
    }

    /// Whether the ARN belongs to that account and region; empty parts belong to everybody.
    pub fn is_within(&self, account: &AccountId, region: &Region) -> bool {
        (self.account().is_empty() || self.account() == account.as_str())
            && (self.region().is_empty() || self.region() == region.as_str())
    }
}

impl fmt::Display for Arn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for Arn {
    type Err = ArnError;

    fn from_str(text: &str) -> Result<Self, ArnError> {
        if text.len() > MAX_LENGTH || text.chars().any(char::is_control) {
            return Err(ArnError::Characters);
        }
        if !text.starts_with("arn:") {
            return Err(ArnError::Prefix);
        }
        let mut colons = text.match_indices(':').map(|(place, _)| place).skip(1);
        let mut next = || colons.next().ok_or(ArnError::Parts);
        let arn = Self { ends: [next()?, next()?, next()?, next()?], text: text.into() };
        if arn.partition().is_empty() || arn.service().is_empty() || arn.resource().is_empty() {
            return Err(ArnError::Parts);
        }
        Ok(arn)
    }
}

impl TryFrom<String> for Arn {
    type Error = ArnError;

    fn try_from(text: String) -> Result<Self, ArnError> {
        text.parse()
    }
}

impl From<Arn> for String {
    fn from(arn: Arn) -> Self {
        arn.to_string()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str, expected: &Result<(&str, &str), ArnError>) {
        let parsed = text.parse::<Arn>();
        let seen = parsed.as_ref().map(|arn| (arn.service(), arn.resource())).map_err(Clone::clone);
        assert_eq!(&seen, expected, "{text}");
        if let Ok(arn) = parsed {
            assert_eq!(arn.to_string(), text);
            let parts = [arn.partition(), arn.service(), arn.region(), arn.account()];
            assert_eq!(Arn::of_parts(parts, arn.resource()), arn);
        }
    }

    #[test]
    fn parses_what_aws_prints() {
        check("arn:aws:lambda:us-east-1:000000000000:function:a:b", &Ok(("lambda", "function:a:b")));
        check("arn:aws:iam::000000000000:role/path/name", &Ok(("iam", "role/path/name")));
        check("arn:aws:s3:::bucket/key:with:colons", &Ok(("s3", "bucket/key:with:colons")));
    }

    #[test]
    fn refuses_the_rest() {
        check("", &Err(ArnError::Prefix));
        check("arn:aws:lambda", &Err(ArnError::Parts));
        check("arn::lambda:r:a:x", &Err(ArnError::Parts));
        check("arn:aws:lambda:r:a:", &Err(ArnError::Parts));
        check("arn:aws:lambda:r:a:x\ny", &Err(ArnError::Characters));
        check(&format!("arn:aws:s3:::{}", "x".repeat(2048)), &Err(ArnError::Characters));
    }

    #[test]
    fn takes_the_resource_apart() {
        let arn: Arn = "arn:aws:logs:us-east-1:000000000000:log-group:/aws/lambda/x:*".parse().unwrap();
        assert_eq!(arn.resource_type(), Some("log-group"));
        assert_eq!(arn.resource_id(), "/aws/lambda/x:*");
    }

    #[test]
    fn they_follow_their_region() {
        let account = AccountId::default();
        let check = |region: &str, expected: &str| {
            let arn = Arn::new("lambda", &Region::new(region), &account, "function:f");
            assert_eq!(arn.to_string(), expected);
            let realm = Realm::new(account.clone(), Region::new(region));
            assert!(arn.is_of(&realm) && !arn.is_of(&Realm::new(account.clone(), Region::new("eu-west-2"))));
            assert_eq!(arn.realm(), Some(realm));
        };
        check("eu-west-1", "arn:aws:lambda:eu-west-1:000000000000:function:f");
        check("cn-north-1", "arn:aws-cn:lambda:cn-north-1:000000000000:function:f");
        let global = Arn::global("iam", &account, "root");
        assert_eq!(global.realm(), None);
        let chinese = global.in_partition(Region::new("cn-north-1").partition());
        assert_eq!(chinese.to_string(), "arn:aws-cn:iam::000000000000:root");
    }

    proptest! {
        #[test]
        fn never_panics_and_round_trips(text in ".{0,80}") {
            if let Ok(arn) = format!("arn:{text}").parse::<Arn>() {
                prop_assert_eq!(arn.to_string(), format!("arn:{text}"));
            }
        }
    }
}
