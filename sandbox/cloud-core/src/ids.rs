//! Small names that must not be mixed up: region, account, request.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::entropy::Entropy;

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes the text as it is.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text_id! {
    /// `us-east-1`, ….
    Region
}
text_id! {
    /// Twelve digits.
    AccountId
}
text_id! {
    /// The id of one request, returned as `x-amzn-RequestId`.
    RequestId
}

impl Default for Region {
    fn default() -> Self {
        Self::new("us-east-1")
    }
}

impl Default for AccountId {
    fn default() -> Self {
        Self::new("000000000000")
    }
}

impl AccountId {
    /// That of who signs nothing.
    // AWS: what `aws:PrincipalAccount` and `aws:userid` are of anonymous requests.
    pub fn anonymous() -> Self {
        Self::new("anonymous")
    }

    /// Whether it is that.
    pub fn is_anonymous(&self) -> bool {
        *self == Self::anonymous()
    }
}

impl RequestId {
    /// A new id, in the form of a version 4 UUID as AWS's are.
    pub fn random(entropy: &dyn Entropy) -> Self {
        Self(entropy.uuid().to_string())
    }
}
