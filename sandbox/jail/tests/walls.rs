//! The walls, tried from inside. Where the kernel gives a wall, what it should stop is stopped.

use std::process::Command;

/// Kinds of machines to be started on: commands that make one and then run what follows.
const SURROUNDINGS: [&[&str]; 5] = [
    &["env"],
    // A container in which root is the only user.
    &["unshare", "-Ur"],
    // A user that has no name and may map nobody.
    &["unshare", "-U"],
    // No further user namespaces, as some distributions and most containers have it.
    &["unshare", "-Ur", "sh", "-c", "echo 0 > /proc/sys/user/max_user_namespaces; exec \"$@\"", "sh"],
    // Root without a single capability.
    &["setpriv", "--bounding-set=-all", "--inh-caps=-all", "--ambient-caps=-all"],
];

/// What a jailed process reports; nothing where the surroundings themselves cannot be had here.
fn inside(surroundings: &[&str], how: &[&str]) -> Option<String> {
    let place = tempfile::tempdir().expect("a folder of our own");
    let run = |program: &str, how: &[&str]| {
        let (first, more) = surroundings.split_first().expect("a command");
        Command::new(first).args(more).arg(program).args(how).env("TMPDIR", place.path()).output()
    };
    run("true", &[]).ok().filter(|output| output.status.success())?;
    let output = run(env!("CARGO_BIN_EXE_jail-check"), how).expect("it starts");
    assert!(output.status.success(), "{surroundings:?}: {}", String::from_utf8_lossy(&output.stderr));
    let left = std::fs::read_dir(place.path().join("jail-check")).map_or(0, Iterator::count);
    assert_eq!(left, 0, "{surroundings:?}: what it wrote goes with it");
    Some(String::from_utf8(output.stdout).expect("text"))
}

#[track_caller]
fn check(report: &str, what: &str, expected: &str) {
    let lines: Vec<_> = report.lines().filter_map(|line| line.strip_prefix(&format!("{what}: "))).collect();
    assert!(!lines.is_empty(), "{what} is in {report}");
    assert!(lines.iter().all(|line| line.starts_with(expected)), "{what} should be {expected}: {report}");
}

#[test]
fn a_jailed_process_reaches_nothing_but_its_tmp_wherever_it_is_started() {
    let ways: [&[&str]; 2] = [&[], &["without-namespaces"]];
    let reports: Vec<_> =
        SURROUNDINGS.into_iter().flat_map(|around| ways.map(|how| inside(around, how))).flatten().collect();
    assert!(!reports.is_empty());
    for report in &reports {
        check_walls(report);
    }
}

fn check_walls(report: &str) {
    assert!(report.contains("landlock on") || report.contains("namespaces own"), "no wall at all: {report}");
    check(report, "start a thread", "allowed");
    check(report, "sooner to go than others", "1000");
    for set in ["CapInh", "CapPrm", "CapEff", "CapAmb"] {
        check(report, &format!("outside {set}"), "0000000000000000");
    }
    check(report, "write to tmp", "allowed");
    if report.contains("landlock on") || report.contains("namespaces own") {
        check(report, "read /etc/passwd", "refused");
        check(report, "write /x", "refused");
        check(report, "read /proc/1/environ", "refused");
    }
    if report.contains("seccomp on") {
        check(report, "outside Seccomp", "2");
        check(report, "start a program", "refused");
        check(report, "connect", "refused");
        check(report, "bind", "refused");
        check(report, "connect to a socket file", "refused (PermissionDenied)");
        check(report, "signal a process", "refused (PermissionDenied)");
    }
    if report.contains("namespaces own") {
        check(report, "parent's id", "0");
        check(report, "host name", "sandbox");
        check(report, "fill tmp", "refused (StorageFull)");
        check(report, "many files", "refused (StorageFull)");
    }
}

#[test]
fn a_jail_is_entered_only_on_orders() {
    let status =
        Command::new(env!("CARGO_BIN_EXE_jail-check")).args(["inside", "{}"]).status().expect("it starts");
    assert!(!status.success());
}
