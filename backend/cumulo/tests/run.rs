//! `cumulo run`, `url` and `stop` as a person and a script use them, on the real program.

#![allow(clippy::unwrap_used, reason = "a test's helpers fail by panicking")]

mod common;

use std::os::unix::fs::MetadataExt;

use common::{Place, eventually, is_alive, path, status_of};
use rustix::process::{Pid, Signal, kill_process};

#[test]
fn the_ready_file_says_everything_to_its_owner_alone() {
    let place = Place::new();
    let started = place.run(&[]);
    let ready = started.ready.as_object().unwrap();
    let names: Vec<_> = ready.keys().map(String::as_str).collect();
    let expected =
        ["ide_url", "cloud_url", "region", "account_id", "access_key_id", "secret_access_key", "pid"];
    assert_eq!(names, expected);
    assert_eq!(ready["pid"], started.child.id());
    assert_eq!(
        (ready["region"].as_str(), ready["account_id"].as_str()),
        (Some("us-east-1"), Some("000000000000"))
    );
    let metadata = std::fs::metadata(place.ready_file()).unwrap();
    assert_eq!(metadata.mode() & 0o777, 0o600);
    for file in ["root-key.json", "server.db", "server.json", "agent.log", "server.lock"] {
        let mode = std::fs::metadata(place.data().join(file)).unwrap().mode();
        assert!(
            mode.trailing_zeros() >= 6 || std::fs::metadata(place.data()).unwrap().mode() & 0o777 == 0o700,
            "{file}"
        );
    }
    let cookie = started.sign_in(&started.code()).unwrap();
    let page = started.get("/", &format!("Cookie: {cookie}\r\n"));
    assert!(matches!(status_of(&page), 200 | 503), "the page, or the word that it was not built: {page}");
    assert_eq!(started.sign_in(&started.code()), Err(401), "a code works once");
}

#[test]
fn a_fresh_address_is_for_another_browser() {
    let place = Place::new();
    let started = place.run(&[]);
    let (first, second) = (place.fresh_code(), place.fresh_code());
    assert_ne!(first, second);
    started.sign_in(&second).unwrap();
    started.sign_in(&first).unwrap();
    started.sign_in(&started.code()).unwrap();
}

#[test]
fn without_a_server_there_is_no_address() {
    let place = Place::new();
    std::fs::create_dir(place.data()).unwrap();
    let data = place.data();
    for arguments in [&["url", "--data", path(&data)][..], &["url"], &["stop"]] {
        let output = place.output(arguments);
        assert!(!output.status.success(), "{arguments:?}");
        let message = String::from_utf8(output.stderr).unwrap();
        assert!(message.contains("`cumulo run`"), "{message}");
    }
    let output = place.output(&["stop", "--data", path(&data)]);
    assert!(output.status.success());
}

#[test]
fn a_second_server_on_the_same_data_is_refused_clearly() {
    let place = Place::new();
    let started = place.run(&[]);
    let output = place.run_command(&[]).output().unwrap();
    assert!(!output.status.success());
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(message.contains(&format!("another Cumulo (process {})", started.child.id())), "{message}");
    assert!(message.contains("cumulo url --data"), "{message}");
    assert_eq!(status_of(&started.get("/health", "")), 200, "the first one goes on");
    let ready = std::fs::read_to_string(place.ready_file()).unwrap();
    assert!(ready.contains("ide_url"), "and its ready file is there");
}

#[test]
fn a_killed_server_finds_its_agent_and_its_sessions_again() {
    let place = Place::new();
    let mut started = place.run(&[]);
    let cookie = started.sign_in(&started.code()).unwrap();
    let agent = place.agent().unwrap();
    started.signal(Signal::KILL);
    started.wait();
    assert!(is_alive(agent), "the agent goes on");
    let address = started.address();
    let again = place.run(&["--listen", &address]);
    assert_eq!(again.address(), address);
    assert_eq!(place.agent().unwrap(), agent, "the same agent");
    assert_eq!(again.ready["cloud_url"], started.ready["cloud_url"]);
    assert_eq!(again.ready["secret_access_key"], started.ready["secret_access_key"]);
    let answer = again.get("/csp-report", &format!("Cookie: {cookie}\r\n"));
    assert_eq!(status_of(&answer), 200, "{answer}");
}

#[test]
fn a_killed_agent_is_started_again() {
    let place = Place::new();
    let started = place.run(&[]);
    let agent = place.agent().unwrap();
    kill_process(agent, Signal::KILL).unwrap();
    let next = eventually("another agent", || place.agent().filter(|pid| *pid != agent && is_alive(*pid)));
    assert_ne!(next, agent);
    assert_eq!(status_of(&started.get("/health", "")), 200);
}

#[test]
fn an_agent_that_died_with_its_server_is_started_again() {
    let place = Place::new();
    let mut started = place.run(&[]);
    let agent = place.agent().unwrap();
    started.signal(Signal::KILL);
    started.wait();
    kill_process(agent, Signal::KILL).unwrap();
    eventually("the agent is gone", || (!is_alive(agent)).then_some(()));
    let _again = place.run(&[]);
    assert!(is_alive(place.agent().unwrap()));
}

#[test]
fn ctrl_c_stops_everything() {
    let place = Place::new();
    let mut started = place.run(&[]);
    let agent = place.agent().unwrap();
    started.signal(Signal::INT);
    assert!(started.wait().success(), "{}", started.log());
    eventually("the agent is gone", || (!is_alive(agent)).then_some(()));
}

#[test]
fn sigterm_stops_the_server_alone_and_stop_the_rest() {
    let place = Place::new();
    let mut started = place.run(&[]);
    let agent = place.agent().unwrap();
    started.signal(Signal::TERM);
    assert!(started.wait().success(), "{}", started.log());
    assert!(is_alive(agent));
    let data = place.data();
    let output = place.output(&["stop", "--data", path(&data)]);
    assert!(output.status.success(), "{output:?}");
    eventually("the agent is gone", || (!is_alive(agent)).then_some(()));
}

#[test]
fn stop_ends_server_and_agent() {
    let place = Place::new();
    let mut started = place.run(&[]);
    let agent = place.agent().unwrap();
    let data = place.data();
    assert!(place.output(&["stop", "--data", path(&data)]).status.success());
    assert!(started.wait().success());
    eventually("the agent is gone", || (!is_alive(agent)).then_some(()));
}

/// The session of a process as this process' namespace counts it: 0 where its leader is outside.
fn session_of(pid: Pid) -> i32 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let (_, after_name) = stat.rsplit_once(')').unwrap();
    after_name.split_whitespace().nth(3).unwrap().parse().unwrap()
}

#[test]
fn the_agent_is_in_a_session_of_its_own() {
    let place = Place::new();
    let started = place.run(&[]);
    let agent = place.agent().unwrap();
    let server = Pid::from_child(&started.child);
    assert_eq!(session_of(agent), agent.as_raw_pid());
    assert_ne!(session_of(server), agent.as_raw_pid());
}

#[test]
fn a_missing_or_empty_folder_is_filled_and_another_never() {
    let missing = Place::new();
    let _one = missing.run(&[]);
    assert!(missing.folder().join("template.yaml").exists());
    let empty = Place::new();
    std::fs::create_dir(empty.folder()).unwrap();
    let _two = empty.run(&[]);
    assert!(empty.folder().join("template.yaml").exists());
    let full = Place::new();
    std::fs::create_dir(full.folder()).unwrap();
    std::fs::write(full.folder().join("mine.txt"), "mine").unwrap();
    let _three = full.run(&[]);
    let names: Vec<_> =
        std::fs::read_dir(full.folder()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["mine.txt"]);
}

#[test]
fn an_unknown_template_is_refused_with_the_known_names() {
    let place = Place::new();
    let output = place.run_command(&["--template", "nothing"]).output().unwrap();
    assert!(!output.status.success());
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(message.contains("hello-api"), "{message}");
    assert!(!place.folder().exists());
}

#[test]
fn addresses_that_others_can_reach_need_to_be_meant() {
    let place = Place::new();
    for option in ["--listen", "--cloud-listen"] {
        let output = place.run_command(&[option, "0.0.0.0:0"]).output().unwrap();
        assert!(!output.status.success());
        let message = String::from_utf8(output.stderr).unwrap();
        assert!(message.contains("--allow-remote"), "{message}");
    }
    assert!(!place.folder().exists(), "nothing was made");
}

#[test]
fn the_given_root_key_is_the_first_one() {
    let place = Place::new();
    let mut command = place.run_command(&[]);
    command.env("CUMULO_ROOT_ACCESS_KEY_ID", "AKIAGIVENGIVENGIVEN1");
    command.env("CUMULO_ROOT_SECRET_ACCESS_KEY", "given-secret-given-secret");
    let started = place.start(command);
    assert_eq!(started.ready["access_key_id"], "AKIAGIVENGIVENGIVEN1");
    assert_eq!(started.ready["secret_access_key"], "given-secret-given-secret");
    let half = Place::new();
    let output =
        half.run_command(&[]).env("CUMULO_ROOT_ACCESS_KEY_ID", "AKIAGIVENGIVENGIVEN1").output().unwrap();
    assert!(!output.status.success());
}

#[test]
fn no_log_has_a_secret() {
    let place = Place::new();
    let started = place.run(&["--log", "trace"]);
    let code = place.fresh_code();
    let cookie = started.sign_in(&code).unwrap();
    started.get("/", &format!("Cookie: {cookie}\r\n"));
    started.get(&format!("/?code={code}"), "");
    eventually("the start is said to the end", || started.log().contains("Ctrl-C").then_some(()));
    let logs = started.log() + &place.agent_log();
    let shown_once = started.code();
    assert_eq!(logs.matches(&shown_once).count(), 1, "the address is for the person who started it");
    let token = cookie.split_once('=').unwrap().1;
    let secret = started.ready["secret_access_key"].as_str().unwrap();
    for secret in [code.as_str(), token, secret] {
        assert!(!logs.contains(secret), "{logs}");
    }
}

#[test]
fn the_start_says_which_walls_really_stand() {
    let place = Place::new();
    let started = place.run(&[]);
    let line = eventually("the walls are said", || {
        started.log().lines().find_map(|line| Some(line.strip_prefix("  Functions  ")?.to_owned()))
    });
    let words = ["namespaces own", "namespaces SHARED", "NONE: functions will not run"];
    assert!(words.iter().any(|word| line.starts_with(word)), "{line}");
}

#[test]
fn a_data_directory_belongs_to_one_folder() {
    let place = Place::new();
    drop(place.run(&[]));
    let (other, data) = (place.root.path().join("other"), place.data());
    let output = place.output(&["run", path(&other), "--data", path(&data), "--listen", "127.0.0.1:0"]);
    assert!(!output.status.success());
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(message.contains("belongs to"), "{message}");
}

#[test]
fn an_agent_that_is_started_again_keeps_its_clouds_address() {
    let place = Place::new();
    let started = place.run(&[]);
    let cloud = started.ready["cloud_url"].as_str().unwrap().strip_prefix("http://").unwrap().to_owned();
    let agent = place.agent().unwrap();
    kill_process(agent, Signal::KILL).unwrap();
    eventually("another agent", || place.agent().filter(|pid| *pid != agent && is_alive(*pid)));
    eventually("the cloud is back", || std::net::TcpStream::connect(&cloud).ok());
}

#[test]
fn json_logs_are_one_object_a_line() {
    let place = Place::new();
    let started = place.run(&["--log-format", "json", "--log", "debug"]);
    started.sign_in(&"0".repeat(64)).unwrap_err();
    let objects = eventually("a warning is logged", || {
        let log = started.log();
        let lines = log.lines().filter(|line| line.starts_with('{'));
        let objects: Vec<serde_json::Value> =
            lines.filter_map(|line| serde_json::from_str(line).ok()).collect();
        objects.iter().any(|object| object["level"] == "WARN").then_some(objects)
    });
    let warning = objects.iter().find(|object| object["level"] == "WARN").unwrap();
    assert!(warning["span"]["id"].is_string(), "a request's lines carry its id: {warning}");
}

#[test]
fn a_cloud_that_cannot_listen_says_why() {
    let place = Place::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = place.run_command(&["--cloud-listen", &address]).output().unwrap();
    assert!(!output.status.success());
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(message.contains(&address) && message.contains("--cloud-listen"), "{message}");
    assert!(!place.ready_file().exists());
}
