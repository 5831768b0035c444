//! How executions, checkpoints and callbacks are named.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use cloud_core::Context;
use serde::{Deserialize, Serialize};

use crate::names::function_arn;

/// What stands between a function's version and the execution's name in its ARN.
const KIND: &str = "/durable-execution/";

/// An execution's ARN, taken apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ExecutionArn {
    pub(crate) function: String,
    pub(crate) version: String,
    pub(crate) name: String,
    pub(crate) id: String,
}

impl ExecutionArn {
    /// The ARN of an execution of this account and region.
    // AWS: "arn:…:function:function-name:qualifier/durable-execution/execution-name/execution-id".
    pub(crate) fn parse(context: &Context, text: &str) -> Option<Self> {
        let rest = text.strip_prefix(function_arn(context, "").as_str())?;
        let (function, rest) = rest.split_once(':')?;
        let (version, rest) = rest.split_once(KIND)?;
        let (name, id) = rest.split_once('/')?;
        let is_whole =
            [function, version, name, id].iter().all(|part| !part.is_empty() && !part.contains('/'));
        is_whole.then(|| Self {
            function: function.to_owned(),
            version: version.to_owned(),
            name: name.to_owned(),
            id: id.to_owned(),
        })
    }

    /// As it is told.
    pub(crate) fn text(&self, context: &Context) -> String {
        let Self { function, version, name, id } = self;
        format!("{}:{version}{KIND}{name}/{id}", function_arn(context, function))
    }
}

/// What a function shows with a checkpoint: only who was told the last one goes on from there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CheckpointToken {
    pub(crate) execution: String,
    pub(crate) generation: u64,
}

impl CheckpointToken {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = String::from_utf8(BASE64_STANDARD.decode(text).ok()?).ok()?;
        let (execution, generation) = text.split_once('/')?;
        Some(Self { execution: execution.to_owned(), generation: generation.parse().ok()? })
    }

    pub(crate) fn text(&self) -> String {
        BASE64_STANDARD.encode(format!("{}/{}", self.execution, self.generation))
    }
}

/// The name of a callback, for whoever is to answer it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CallbackId {
    pub(crate) execution: ExecutionArn,
    /// The operation's place in its execution.
    pub(crate) number: u64,
}

impl CallbackId {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = String::from_utf8(BASE64_STANDARD.decode(text).ok()?).ok()?;
        let parts: Vec<&str> = text.split('/').collect();
        let [function, version, name, id, number] = parts.as_slice() else { return None };
        let execution = ExecutionArn {
            function: (*function).to_owned(),
            version: (*version).to_owned(),
            name: (*name).to_owned(),
            id: (*id).to_owned(),
        };
        Some(Self { execution, number: number.parse().ok()? })
    }

    pub(crate) fn text(&self) -> String {
        let ExecutionArn { function, version, name, id } = &self.execution;
        BASE64_STANDARD.encode(format!("{function}/{version}/{name}/{id}/{}", self.number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_names_something_is_read_as_it_was_told_or_not_at_all() {
        let folder = tempfile::tempdir().expect("a folder");
        let (context, _) = Context::for_test(folder.path());
        let text = "arn:aws:lambda:us-east-1:000000000000:function:f:$LATEST/durable-execution/n/i";
        let arn = ExecutionArn::parse(&context, text).expect("an ARN");
        assert_eq!((arn.version.as_str(), arn.text(&context).as_str()), ("$LATEST", text));
        for other in [
            "arn:aws:lambda:us-east-1:111111111111:function:f:1/durable-execution/n/i",
            "arn:aws:lambda:us-east-1:000000000000:function:f/durable-execution/n/i",
            "arn:aws:lambda:us-east-1:000000000000:function:f:1/durable-execution/n",
            "arn:aws:lambda:us-east-1:000000000000:function:f:1/durable-execution/n/i/j",
        ] {
            assert_eq!(ExecutionArn::parse(&context, other), None, "{other}");
        }
        let token = CheckpointToken { execution: "i".into(), generation: 7 };
        assert_eq!(CheckpointToken::parse(&token.text()), Some(token));
        let callback = CallbackId { execution: arn, number: 3 };
        assert_eq!(CallbackId::parse(&callback.text()), Some(callback));
        for text in ["", "!", "aQ==", "aS8t"] {
            assert_eq!((CheckpointToken::parse(text), CallbackId::parse(text)), (None, None), "{text}");
        }
    }
}
