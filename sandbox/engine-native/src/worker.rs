//! The keeper's side: what `worker native` does.

use std::error::Error;
use std::process::ExitCode;

/// Keeps a cell. `orders` is the last argument; call it before any thread is started.
#[expect(clippy::print_stderr, reason = "a child's standard error is how its parent learns what went wrong")]
pub fn main(orders: &str) -> ExitCode {
    let Err(error) = jail::cell::keep(orders) else { return ExitCode::SUCCESS };
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    eprintln!("{text}");
    ExitCode::FAILURE
}
