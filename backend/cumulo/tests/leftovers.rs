//! What is left of a workspace when it stops: no process, no socket, no passing file. And of a killed agent: nothing
//! that only served it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test's helpers fail by panicking")]

mod common;

use std::path::Path;

use common::tab::Tab;
use common::{Place, eventually, is_alive, path};
use protocol::ChannelId;
use rustix::process::{Pid, Signal, kill_process};

const SCREEN: ChannelId = ChannelId(1);

/// Programs that do their best to stay: in the background, without a terminal, in a session of their own, deaf.
const STAYING: [&str; 5] = [
    "sleep 3000 & echo \"pid=$!;\"",
    "nohup sleep 3000 >/dev/null 2>&1 & echo \"pid=$!;\"",
    "setsid sh -c 'echo \"pid=$$;\"; exec sleep 3000' &",
    "(trap '' HUP TERM; exec sleep 3000) & echo \"pid=$!;\"",
    "setsid sh -c 'trap \"\" HUP TERM INT; echo \"pid=$$;\"; while :; do sleep 3000; done' &",
];

/// Starts them in a terminal; their ids.
async fn started_in_terminal(tab: &mut Tab) -> Vec<Pid> {
    tab.terminal(SCREEN).await;
    for line in STAYING {
        tab.send_bytes(SCREEN, format!("{line}\n").as_bytes()).await.unwrap();
    }
    loop {
        let shown = tab.shown(SCREEN);
        let numbers = shown.split("pid=").skip(1).filter_map(|rest| rest.split_once(';')?.0.parse().ok());
        let pids: Vec<_> = numbers.filter_map(Pid::from_raw).collect();
        if pids.len() == STAYING.len() {
            return pids;
        }
        tab.hear().await.unwrap();
    }
}

/// Everything below a folder that is there for the time of a run only.
fn passing(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(passing(&path));
        } else if path.extension().is_some_and(|ending| ["sock", "tmp", "new"].iter().any(|e| ending == *e)) {
            found.push(path.display().to_string());
        }
    }
    found
}

/// The control groups that a process made for its workers.
fn control_groups(of: Pid) -> Vec<String> {
    let prefix = format!("cumulo-{}-", of.as_raw_nonzero());
    let mut found = Vec::new();
    let mut folders = vec![Path::new("/sys/fs/cgroup").to_owned()];
    while let Some(folder) = folders.pop() {
        // A group may go while it is looked at.
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            if entry.file_name().to_string_lossy().starts_with(&prefix) {
                found.push(entry.path().display().to_string());
            } else if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                folders.push(entry.path());
            }
        }
    }
    found
}

#[tokio::test]
async fn stopping_a_workspace_leaves_nothing_of_it() {
    let place = Place::new();
    let mut started = place.run(&[]);
    let cookie = started.sign_in(&started.code()).unwrap();
    let mut tab = Tab::open(&started, &cookie, None).await;
    let pids = started_in_terminal(&mut tab).await;
    let agent = place.agent().unwrap();
    assert!(pids.iter().all(|pid| is_alive(*pid)));
    let data = place.data();
    let output = place.output(&["stop", "--data", path(&data)]);
    assert!(output.status.success(), "{output:?}");
    started.wait();
    let going_on: Vec<_> = pids.into_iter().chain([agent]).filter(|pid| is_alive(*pid)).collect();
    assert_eq!(going_on, [], "after `cumulo stop`");
    assert_eq!(passing(&data), Vec::<String>::new());
    assert_eq!(control_groups(agent), Vec::<String>::new());
}

#[tokio::test]
async fn what_a_killed_agent_left_ends_with_the_workspace() {
    let place = Place::new();
    let mut started = place.run(&[]);
    let cookie = started.sign_in(&started.code()).unwrap();
    let mut tab = Tab::open(&started, &cookie, None).await;
    let pids = started_in_terminal(&mut tab).await;
    let (killed, server) = (place.agent().unwrap(), Pid::from_child(&started.child));
    kill_process(server, Signal::KILL).unwrap();
    kill_process(killed, Signal::KILL).unwrap();
    started.wait();
    eventually("the agent's death", || (!is_alive(killed)).then_some(()));
    eventually("the hang-up of what listens to it", || (!is_alive(*pids.first()?)).then_some(()));
    let data = place.data();
    assert!(place.output(&["stop", "--data", path(&data)]).status.success());
    let going_on: Vec<_> = pids.into_iter().filter(|pid| is_alive(*pid)).collect();
    assert_eq!(going_on, [], "after `cumulo stop`");
}
