//! The program: reads the command line and the environment, and puts the parts together. It holds no logic of its own.

mod agent_process;
mod cli;
mod cloud;
mod data;
mod environment;
mod isolation;
mod keys;
mod leftovers;
mod logs;
mod ready;
mod run;
mod signals;
mod stop;
mod template;
mod url;

use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Parser;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::cli::{Cli, Command};

/// Files that this process may have open, where the system lets it.
const MAX_OPEN_FILES: u64 = 16 * 1024;

fn main() -> ExitCode {
    let cli = Cli::parse();
    // A worker locks itself in while it is single-threaded: before any runtime, before any log.
    if let Command::Worker { arguments } = cli.command {
        return match arguments.as_slice() {
            [what, orders] if what == isolation::ARGUMENT => isolation::report(orders),
            [what, orders] if what == engine_native::ENGINE => engine_native::worker::main(orders),
            _ => engine_wasm::worker::main(arguments),
        };
    }
    match start(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&error);
            ExitCode::FAILURE
        }
    }
}

fn start(cli: Cli) -> Result<()> {
    logs::start(&cli.log)?;
    raise_open_files();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("failed to start the threads")?;
    let done = runtime.block_on(async {
        match cli.command {
            Command::Run(args) => run::run(args, &cli.log).await,
            Command::Url(which) => url::url(which).await,
            Command::Stop(which) => stop::stop(which).await,
            Command::Cloud(args) => cloud::cloud(args).await,
            Command::Agent(args) => agent_process::agent(args).await,
            Command::Worker { .. } => Ok(()),
        }
    });
    // Ends the last workers.
    drop(runtime);
    jail::clean_up();
    done
}

/// Lifts the usual limit of 1,024 open files, as far as it may be lifted and is of use: every tab and every request
/// of the cloud is one.
fn raise_open_files() {
    let limit = getrlimit(Resource::Nofile);
    let wanted = limit.maximum.map_or(MAX_OPEN_FILES, |maximum| maximum.min(MAX_OPEN_FILES));
    if limit.current.is_some_and(|current| current < wanted) {
        // Without it there is less room, and nothing else changes.
        let _ = setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum: limit.maximum });
    }
}

/// Tells the person at the terminal.
#[expect(clippy::print_stdout, reason = "what a command answers belongs on standard output")]
fn say(text: &str) {
    println!("{text}");
}

#[expect(clippy::print_stderr, reason = "a command's failure is for the person who gave it, not for the log")]
fn complain(error: &anyhow::Error) {
    eprintln!("cumulo: {error:#}");
}
