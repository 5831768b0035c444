//! Leave: what somebody wants to do, and whether he may.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use async_trait::async_trait;

use crate::arn::Arn;
use crate::caller::Caller;
use crate::error::AwsError;
use crate::ids::AccountId;

/// What becomes of what policies do not allow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Permissions {
    /// It is refused.
    Enforce,
    /// It is done; that it would be refused is logged, and said in the answer.
    #[default]
    Report,
    /// It is done, and nobody looks at policies.
    Off,
}

impl Permissions {
    /// As it is written on a command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Enforce => "enforce",
            Self::Report => "report",
            Self::Off => "off",
        }
    }
}

impl FromStr for Permissions {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let all = [Self::Enforce, Self::Report, Self::Off];
        all.into_iter().find(|mode| mode.as_str() == text).ok_or("permissions are enforce, report or off")
    }
}

/// Condition keys with their values: `aws:SourceIp`, `s3:prefix`.
pub type ConditionKeys = Vec<(String, Vec<String>)>;

/// One thing that is to be done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Access {
    /// `s3:GetObject`.
    pub action: String,
    /// An ARN, or `*` where the action is about no resource.
    pub resource: String,
    /// The keys of this one.
    pub keys: ConditionKeys,
    /// The resource's own policy, if it has one.
    pub policy: Option<Arc<str>>,
    /// Whose the resource is, where its ARN does not say that.
    pub owner: Option<AccountId>,
    /// The part of the request that it is for, of one whose parts are refused each for itself.
    pub part: Option<usize>,
}

impl Access {
    /// Tells conditions of the tags that the resource has.
    pub fn tell_tags<K: fmt::Display, V: Into<String>>(&mut self, tags: impl IntoIterator<Item = (K, V)>) {
        let keys =
            tags.into_iter().map(|(key, value)| (format!("aws:ResourceTag/{key}"), vec![value.into()]));
        self.keys.extend(keys);
    }

    /// Whether the caller comes from outside of the account that owns the resource.
    pub fn crosses(&self, caller: &Caller) -> bool {
        caller.is_anonymous() || self.owner.as_ref().is_some_and(|owner| *owner != caller.account)
    }
}

/// Why something may not be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denial {
    /// The ARN of who asked.
    pub principal: String,
    /// What for.
    pub action: String,
    /// On what.
    pub resource: String,
    /// Which policies deny it or do not allow it: `because no … allows the … action`. May be empty.
    pub reason: String,
    /// Whether the resource is another account's, whose policy does not let the caller in. That counts in every mode: an
    /// account is a wall.
    pub is_barred: bool,
}

impl Denial {
    /// AWS's sentence, in which S3 alone puts the resource in quotes, and says nothing of none.
    // AWS: strangers are told nothing; within an account or an organization, as which the accounts of a cloud count, all.
    pub fn sentence(&self, quoted: bool) -> String {
        let Self { principal, action, resource, reason, is_barred: _ } = self;
        if principal.is_empty() {
            return "Access Denied".to_owned();
        }
        let on = match (quoted, resource.as_str()) {
            (true, "*") => String::new(),
            (true, resource) => format!("on resource: \"{resource}\" "),
            (false, resource) => format!("on resource: {resource} "),
        };
        let text = format!("User: {principal} is not authorized to perform: {action} {on}{reason}");
        text.trim_end().to_owned()
    }
}

impl fmt::Display for Denial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence(false))
    }
}

/// Who knows the policies.
#[async_trait]
pub trait Authority: Send + Sync {
    /// What of it the caller may not do, each with its place among them. `keys` are those of the request as a whole. An
    /// error means that nobody knows.
    async fn decide(
        &self,
        caller: &Caller,
        keys: &ConditionKeys,
        accesses: &[Access],
    ) -> Result<Vec<(usize, Denial)>, AwsError>;

    /// Whether a service, `lambda.amazonaws.com`, may become a role; `keys` are those of what it does it for. An error
    /// means that nobody knows.
    async fn trusts(&self, role: &Arn, service: &str, keys: &ConditionKeys) -> Result<bool, AwsError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_are_read_as_they_are_written() {
        for mode in [Permissions::Enforce, Permissions::Report, Permissions::Off] {
            assert_eq!(mode.as_str().parse(), Ok(mode));
        }
        assert!("on".parse::<Permissions>().is_err());
    }
}
