//! The program: reads the command line and the environment, and puts the parts together. It holds no logic of its own.

mod agent_process;
mod cli;
mod cloud;
mod data;
mod environment;
mod isolation;
mod keys;
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

use crate::cli::{Cli, Command};

fn main() -> ExitCode {
    let cli = Cli::parse();
    // A worker locks itself in while it is single-threaded: before any runtime, before any log.
    if let Command::Worker { arguments } = cli.command {
        return match arguments.as_slice() {
            [what, orders] if what == isolation::ARGUMENT => isolation::report(orders),
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
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("failed to start the threads")?;
    runtime.block_on(async {
        match cli.command {
            Command::Run(args) => run::run(args, &cli.log).await,
            Command::Url(which) => url::url(which).await,
            Command::Stop(which) => stop::stop(which).await,
            Command::Cloud(args) => cloud::cloud(args).await,
            Command::Agent(args) => agent_process::agent(args).await,
            Command::Worker { .. } => Ok(()),
        }
    })
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
