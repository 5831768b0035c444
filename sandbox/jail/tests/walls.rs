//! The walls, tried from inside. Where the kernel gives a wall, what it should stop is stopped.

use std::process::Command;

fn inside() -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_jail-check")).output().expect("it starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

#[track_caller]
fn check(report: &str, what: &str, expected: &str) {
    let lines: Vec<_> = report.lines().filter_map(|line| line.strip_prefix(&format!("{what}: "))).collect();
    assert!(!lines.is_empty(), "{what} is in {report}");
    assert!(lines.iter().all(|line| line.starts_with(expected)), "{what} should be {expected}: {report}");
}

#[test]
fn a_jailed_process_reaches_nothing_but_its_tmp() {
    let report = inside();
    check(&report, "start a thread", "allowed");
    check(&report, "write to tmp", "allowed");
    if report.contains("landlock on") || report.contains("namespaces own") {
        check(&report, "read /etc/passwd", "refused");
        check(&report, "write /x", "refused");
        check(&report, "read /proc/1/environ", "refused");
    }
    if report.contains("seccomp on") {
        check(&report, "start a program", "refused");
        check(&report, "connect", "refused");
        check(&report, "bind", "refused");
    }
    if report.contains("namespaces own") {
        check(&report, "parent's id", "0");
        check(&report, "host name", "sandbox");
        check(&report, "fill tmp", "refused (StorageFull)");
        check(&report, "many files", "refused (StorageFull)");
    }
}

#[test]
fn a_jail_is_entered_only_on_orders() {
    let status =
        Command::new(env!("CARGO_BIN_EXE_jail-check")).args(["inside", "{}"]).status().expect("it starts");
    assert!(!status.success());
}
