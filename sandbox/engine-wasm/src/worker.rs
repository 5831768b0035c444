//! The worker's side: what `worker wasm` and `worker compile` do. Both lock themselves in before they read anything.

mod compile;
mod crew;
mod guest;
mod imports;
mod pipes;
mod serve;
mod ticker;
mod watch;

use std::process::ExitCode;

use jail::Entered;

/// The `worker` subcommand. `arguments` are those after `worker`; call it before any thread is started.
pub fn main(arguments: impl IntoIterator<Item = String>) -> ExitCode {
    let arguments: Vec<String> = arguments.into_iter().collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments.as_slice() {
        ["wasm", spec] => {
            crate::config::look_outside();
            jailed(spec).and_then(serve::serve)
        }
        ["compile", spec] => jailed(spec).and_then(|_| compile::compile()),
        _ => Err("it is started by Cumulo itself: worker wasm|compile SPECIFICATION".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => complain(error.as_ref()),
    }
}

type Error = Box<dyn std::error::Error + Send + Sync>;

fn jailed(spec: &str) -> Result<Entered, Error> {
    Ok(jail::enter(spec)?)
}

#[expect(clippy::print_stderr, reason = "a child's standard error is how its parent learns what went wrong")]
fn complain(error: &(dyn std::error::Error + 'static)) -> ExitCode {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text = format!("{text}: {error}");
        source = error.source();
    }
    eprintln!("{text}");
    ExitCode::FAILURE
}
