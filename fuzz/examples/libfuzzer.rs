//! A target under libFuzzer, as `cargo xtask fuzz` starts it: `--target=NAME`, then libFuzzer's own arguments, which pass
//! over the first.
#![no_main]

use std::sync::OnceLock;

use fuzz::{TARGETS, Target};
use libfuzzer_sys::fuzz_target;

static TARGET: OnceLock<Target> = OnceLock::new();

fn chosen() -> Target {
    let name = std::env::args().find_map(|argument| argument.strip_prefix("--target=").map(str::to_owned));
    let named = TARGETS.iter().find(|target| Some(target.name) == name.as_deref());
    *named.expect("started with --target=NAME of a target: use `cargo xtask fuzz`")
}

fuzz_target!(
    // Panics that the product catches are no crashes: libFuzzer's hook would end the process at each.
    init: drop(std::panic::take_hook()),
    |data: &[u8]| { (TARGET.get_or_init(chosen).run)(data); }
);
