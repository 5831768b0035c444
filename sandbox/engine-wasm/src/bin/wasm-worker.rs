//! The worker alone, for this crate's tests and its benchmark: the product's workers are `cumulo worker …`.

use std::process::ExitCode;

fn main() -> ExitCode {
    // The first argument is `worker`, as in the product.
    engine_wasm::worker::main(std::env::args().skip(2))
}
