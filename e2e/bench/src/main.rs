//! Measures the running program and a bare server beside it, and writes what it found as JSON.
//!
//! `cargo xtask bench` runs it. Here are start, memory, records and the cloud; what needs a browser is measured by
//! `e2e/browser/bench`. But for the soak nothing here asserts: numbers of a busy machine are for people to read, and those that
//! matter are ratios to the bare server in the same run.
#![allow(clippy::print_stdout, reason = "a developer's tool talks to its terminal")]

mod bare;
mod client;
mod cloud;
mod cpu;
mod function;
mod invocations;
mod load;
mod log;
mod measure;
mod program;
mod soak;
mod start;
mod store;
mod usage;

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};

use crate::measure::Measures;

/// Measures Cumulo.
#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Measures start, memory, records and the cloud.
    Run {
        /// The program.
        #[arg(long)]
        program: PathBuf,
        /// Where the measures are written, as JSON.
        #[arg(long)]
        out: PathBuf,
        /// Seconds that a load lasts.
        #[arg(long, default_value_t = 5)]
        seconds: u64,
    },
    /// Measures what a call of a function costs of the processors, each part by itself.
    Invocations {
        /// The program.
        #[arg(long)]
        program: PathBuf,
        /// The example `invocations` of the Wasm engine, which has the engine alone.
        #[arg(long)]
        engine: PathBuf,
        /// Where the measures are written, as JSON.
        #[arg(long)]
        out: PathBuf,
        /// Seconds that a load lasts.
        #[arg(long, default_value_t = 5)]
        seconds: u64,
    },
    /// Measures the store alone.
    Store {
        /// Seconds that a load lasts.
        #[arg(long, default_value_t = 5)]
        seconds: u64,
    },
    /// Puts a steady load on the program and fails where something grows.
    Soak {
        /// The program.
        #[arg(long)]
        program: PathBuf,
        /// Where the measures are written, as JSON.
        #[arg(long)]
        out: PathBuf,
        /// Minutes that it lasts.
        #[arg(long, default_value_t = 60)]
        minutes: u64,
    },
    /// The peer: an axum handler and nothing else. Prints its address.
    Bare,
}

fn main() -> Result<()> {
    match Cli::parse().verb {
        Verb::Bare => bare::serve(),
        Verb::Store { seconds } => {
            store::measure(seconds, &mut Measures::default())?;
            log::measure(seconds, &mut Measures::default())
        }
        Verb::Run { program, out, seconds } => {
            let mut measures = Measures::default();
            start::measure(&program, &mut measures)?;
            store::measure(seconds, &mut measures)?;
            log::measure(seconds, &mut measures)?;
            cloud::measure(&program, seconds, &mut measures)?;
            write(&measures, &out)
        }
        Verb::Soak { program, out, minutes } => {
            let mut measures = Measures::default();
            let outcome = soak::measure(&program, Duration::from_mins(minutes), &mut measures);
            write(&measures, &out)?;
            outcome
        }
        Verb::Invocations { program, engine, out, seconds } => {
            let mut measures = Measures::default();
            invocations::measure(&program, &engine, seconds, &mut measures)?;
            write(&measures, &out)
        }
    }
}

fn write(measures: &Measures, out: &Path) -> Result<()> {
    let json = serde_json::to_vec_pretty(measures)?;
    std::fs::write(out, json).with_context(|| format!("failed to write {}", out.display()))
}
