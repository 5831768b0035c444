//! Prints the protocol's surface: a change of it is one visible diff here.

use std::fmt::Write;

use expect_test::expect_file;
use protocol::Access;

#[test]
fn methods_and_the_access_they_need() {
    let mut table = String::new();
    for method in protocol::methods() {
        let Access { capability, level } = method.access;
        writeln!(table, "{:<24} {capability:?} {level:?}", method.name).unwrap();
    }
    expect_file!["surface.txt"].assert_eq(&table);
}

#[test]
fn method_names_are_unique() {
    let mut names: Vec<_> = protocol::methods().map(|method| method.name).collect();
    names.sort_unstable();
    let all = names.len();
    names.dedup();
    assert_eq!(names.len(), all);
}
