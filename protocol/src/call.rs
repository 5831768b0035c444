//! A call is a type: its parameters are the struct, its reply an associated type, its name and the access it
//! needs are constants beside them.

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{Access, Reason, Said};

/// A request that the browser makes and the agent answers.
pub trait Call: Serialize + DeserializeOwned + Send + 'static {
    /// The name on the wire, `noun.verb`.
    const METHOD: &'static str;
    /// What the caller's grants must allow.
    const ACCESS: Access;
    /// What comes back on success.
    type Reply: Serialize + DeserializeOwned + Send + 'static;
}

/// One row of the protocol's table: tests walk it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Method {
    /// The name on the wire.
    pub name: &'static str,
    /// What the caller's grants must allow.
    pub access: Access,
}

/// Why a call failed, for the program (`code`) and for the person (`message`; `reason` in other languages than English).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallError {
    /// What kind of failure: stable, matched on.
    pub code: ErrorCode,
    /// The thing, the reason and the next step, in a sentence.
    pub message: String,
    /// The same for a page that speaks another language; none where only the message says it, as of an older agent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
}

impl CallError {
    /// An error of `code` that reads `message`.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), reason: None }
    }

    /// An error of `code` that says this.
    pub fn saying(code: ErrorCode, said: Said) -> Self {
        Self { code, message: said.message, reason: said.reason }
    }

    /// The same error with its reason.
    #[must_use]
    pub fn because(mut self, name: &str, arguments: &[(&str, &dyn std::fmt::Display)]) -> Self {
        self.reason = Some(Reason::new(name, arguments));
        self
    }

    /// What it says, without its kind.
    pub fn said(self) -> Said {
        Said { message: self.message, reason: self.reason }
    }
}

impl std::fmt::Display for CallError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for CallError {}

/// The kinds of failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ErrorCode {
    /// The parameters are malformed or out of their stated range.
    Invalid,
    /// A path leads out of the workspace, or is none that its disk can hold.
    Path,
    /// There is no such thing.
    NotFound,
    /// Something of that name exists already.
    Exists,
    /// The thing changed since the caller last saw it.
    Conflict,
    /// The caller's grants, or the file system, do not allow it.
    Forbidden,
    /// The thing is of a kind this call cannot work on.
    Unsupported,
    /// A stated limit is reached.
    Limit,
    /// The disk is full or the quota used up.
    Full,
    /// It would run code of a folder that its owner has not trusted: ask, and call again.
    Restricted,
    /// What is needed (a toolchain, a language server, the cloud) is missing or not ready.
    Unavailable,
    /// A failure that is ours; the log has the cause under the call's id.
    Internal,
}

/// States a module's calls: `CAPABILITY LEVEL "noun.verb" = Request -> Reply;` and derives the table `METHODS`.
#[macro_export]
macro_rules! requests {
    ($( $capability:ident $level:ident $method:literal = $request:ident -> $reply:ty; )*) => {
        $(
            impl $crate::Call for $request {
                const METHOD: &'static str = $method;
                const ACCESS: $crate::Access = $crate::Access {
                    capability: $crate::Capability::$capability,
                    level: $crate::Level::$level,
                };
                type Reply = $reply;
            }
        )*
        /// The calls of this module.
        pub const METHODS: &[$crate::Method] = &[
            $( $crate::Method { name: $method, access: <$request as $crate::Call>::ACCESS }, )*
        ];
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_with_and_without_a_reason_are_read() {
        let old = r#"{"code":"full","message":"Cannot save 'a': the disk is full."}"#;
        let error: CallError = serde_json::from_str(old).unwrap();
        assert_eq!(error, CallError::new(ErrorCode::Full, "Cannot save 'a': the disk is full."));
        assert_eq!(serde_json::to_string(&error).unwrap(), old, "nothing that an older page does not know");
        let error = error.because("disk-full", &[("path", &"a")]);
        let text = serde_json::to_string(&error).unwrap();
        assert!(text.contains(r#""reason":{"name":"disk-full","arguments":[["path","a"]]}"#), "{text}");
        assert_eq!(serde_json::from_str::<CallError>(&text).unwrap(), error);
    }

    #[test]
    fn an_older_page_reads_an_error_with_a_reason() {
        /// As it was before there were reasons.
        #[derive(Deserialize)]
        struct Before {
            code: ErrorCode,
            message: String,
        }
        let error = CallError::new(ErrorCode::NotFound, "no").because("not-found", &[("path", &"a")]);
        let read: Before = serde_json::from_str(&serde_json::to_string(&error).unwrap()).unwrap();
        assert_eq!((read.code, read.message), (error.code, error.message));
    }
}
