//! Makes cargo look at the templates again when they changed: the embedding macro alone does not see new files.

fn main() {
    println!("cargo:rerun-if-changed=../../templates");
}
