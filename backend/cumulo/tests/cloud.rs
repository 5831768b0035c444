//! `cumulo cloud`: the cloud alone, as a test suite starts it.

#![allow(clippy::unwrap_used, reason = "a test's helpers fail by panicking")]

mod common;

use std::net::TcpStream;

use common::{Place, Started, path};
use rustix::process::Signal;

fn start(place: &Place) -> Started {
    let (data, ready) = (place.data(), place.ready_file());
    let arguments = ["cloud", "--listen", "127.0.0.1:0", "--data", path(&data), "--ready-file", path(&ready)];
    place.start(place.cumulo(&arguments))
}

#[test]
fn the_ready_file_has_all_but_the_ide() {
    let place = Place::new();
    let started = start(&place);
    let names: Vec<_> = started.ready.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(names, ["cloud_url", "region", "account_id", "access_key_id", "secret_access_key", "pid"]);
    assert_eq!(started.ready["pid"], started.child.id());
    TcpStream::connect(started.cloud_address()).unwrap();
}

#[test]
fn sigterm_and_ctrl_c_end_it_and_it_keeps_its_key() {
    let place = Place::new();
    let mut keys = Vec::new();
    for signal in [Signal::TERM, Signal::INT] {
        let mut started = start(&place);
        started.signal(signal);
        assert!(started.wait().success(), "{}", started.log());
        assert!(TcpStream::connect(started.cloud_address()).is_err(), "nothing listens any more");
        keys.push(started.ready["secret_access_key"].clone());
    }
    assert_eq!(keys.first(), keys.last());
}

#[test]
fn a_second_one_on_the_same_data_is_refused_and_stop_ends_the_first() {
    let place = Place::new();
    let mut started = start(&place);
    let data = place.data();
    let output = place.output(&["cloud", "--listen", "127.0.0.1:0", "--data", path(&data)]);
    assert!(!output.status.success());
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(message.contains("another Cumulo"), "{message}");
    assert!(place.output(&["stop", "--data", path(&data)]).status.success());
    assert!(started.wait().success());
}

#[test]
fn an_address_in_use_or_reachable_from_outside_is_refused() {
    let place = Place::new();
    let started = start(&place);
    let other = Place::new();
    let data = other.data();
    for (listen, reason) in [(started.cloud_address(), "in use"), ("0.0.0.0:0".to_owned(), "--allow-remote")]
    {
        let output = other.output(&["cloud", "--listen", &listen, "--data", path(&data)]);
        assert!(!output.status.success());
        let message = String::from_utf8(output.stderr).unwrap();
        assert!(message.contains(reason), "{message}");
    }
}
