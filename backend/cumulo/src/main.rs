//! The binary: command line, configuration, assembling.

fn main() {}
