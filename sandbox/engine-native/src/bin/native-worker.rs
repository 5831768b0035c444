//! Keeps a cell: the program that the tests of this crate start, in place of the whole one.

use std::process::ExitCode;

fn main() -> ExitCode {
    let orders = std::env::args().next_back().unwrap_or_default();
    engine_native::worker::main(&orders)
}
