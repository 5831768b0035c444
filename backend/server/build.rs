//! Makes cargo look at the built frontend again when it changed: the embedding macro alone does not see new files.

fn main() {
    println!("cargo:rerun-if-changed=../../target/web-dist");
}
