//! One invocation as one run of a command.

use std::{
    env,
    io::{self, Read, Write},
    process::exit,
};

use serde::{Serialize, de::DeserializeOwned};
use serde_json::json;

use crate::{Context, Error};

/// How a handler's own error is told from a crash.
const HANDLER_ERROR: i32 = 70;

pub(crate) fn run<E, R>(handler: &impl Fn(E, Context) -> Result<R, Error>)
where
    E: DeserializeOwned,
    R: Serialize,
{
    let answered = read().and_then(|event| handler(event, context())).and_then(|response| write(&response));
    if let Err(error) = answered {
        fail(&error);
    }
}

fn read<E: DeserializeOwned>() -> Result<E, Error> {
    let mut event = Vec::new();
    io::stdin().read_to_end(&mut event)?;
    Ok(serde_json::from_slice(&event)?)
}

fn write(response: &impl Serialize) -> Result<(), Error> {
    let response = serde_json::to_vec(response)?;
    let mut out = io::stdout().lock();
    out.write_all(&response)?;
    Ok(out.flush()?)
}

fn fail(error: &Error) {
    eprintln!("ERROR {error}");
    let answer = json!({ "errorType": "Error", "errorMessage": error.to_string() });
    // Nobody is left to tell if this fails too.
    let _ = io::stdout().write_all(answer.to_string().as_bytes());
    exit(HANDLER_ERROR);
}

fn context() -> Context {
    let get = |name| env::var(name).unwrap_or_default();
    Context {
        request_id: get("LAMBDA_RUNTIME_AWS_REQUEST_ID"),
        deadline_ms: get("LAMBDA_RUNTIME_DEADLINE_MS").parse().unwrap_or_default(),
        invoked_function_arn: get("LAMBDA_RUNTIME_INVOKED_FUNCTION_ARN"),
    }
}
