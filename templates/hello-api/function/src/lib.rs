//! `run(handler)`: the same function as WebAssembly in Cumulo and on AWS's Lambda runtime.
//!
//! A function is `fn(Event, Context) -> Result<Response, Error>`. Without the feature `aws` the program is a command:
//! the event is on standard input, the response goes to standard output, the log is standard error. That also
//! makes it runnable by hand: `echo '{}' | cargo run`.

#[cfg(feature = "aws")]
mod aws;
#[cfg(not(feature = "aws"))]
mod command;

use serde::{Serialize, de::DeserializeOwned};

/// Anything that can go wrong in a handler.
pub type Error = Box<dyn std::error::Error + Send + Sync>;

/// What Lambda says about an invocation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Context {
    /// The invocation's id, as in the log.
    pub request_id: String,
    /// When the function will be stopped, in milliseconds since 1970.
    pub deadline_ms: u64,
    /// The ARN that was invoked.
    pub invoked_function_arn: String,
}

/// Answers invocations with `handler`: one in WebAssembly, one after the other on AWS.
pub fn run<E, R>(handler: impl Fn(E, Context) -> Result<R, Error> + Send + Sync + 'static)
where
    E: DeserializeOwned + Send + 'static,
    R: Serialize + Send + 'static,
{
    #[cfg(feature = "aws")]
    aws::run(handler);
    #[cfg(not(feature = "aws"))]
    command::run(&handler);
}
