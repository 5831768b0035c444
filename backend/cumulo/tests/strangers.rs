//! Others on the same machine and at the same address: another user who waits where our sockets will be, and clients that
//! take every place there is.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test's helpers fail by panicking")]

mod common;

use std::io::Read;
use std::net::TcpStream;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use common::asked::Asked;
use common::tab::Tab;
use common::{Place, SOON, Started, path, send, status_of};
use protocol::ChannelId;
use rustix::process::{Uid, geteuid};

/// Somebody else.
const STRANGER: u32 = 65534;

/// A place whose data path is too long for a socket, so that the socket lies in the runtime folder.
struct Long {
    place: Place,
    runtime: PathBuf,
}

impl Long {
    fn new() -> Self {
        let place = Place::new();
        let runtime = place.root.path().join("runtime");
        std::fs::create_dir(&runtime).unwrap();
        std::fs::set_permissions(&runtime, std::fs::Permissions::from_mode(0o700)).unwrap();
        Self { place, runtime }
    }

    fn data(&self) -> PathBuf {
        self.place.root.path().join("d".repeat(120))
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.place.cumulo(arguments);
        command.env("XDG_RUNTIME_DIR", &self.runtime);
        command
    }

    fn run(&self) -> Command {
        let (folder, data, ready) = (self.place.folder(), self.data(), self.place.ready_file());
        let mut arguments = vec!["run", path(&folder), "--data", path(&data), "--ready-file", path(&ready)];
        arguments.extend(["--listen", "127.0.0.1:0", "--cloud-listen", "127.0.0.1:0"]);
        self.command(&arguments)
    }

    fn stop(&self) {
        let data = self.data();
        assert!(self.command(&["stop", "--data", path(&data)]).status().unwrap().success());
    }

    /// The folder of this user's sockets.
    fn sockets(&self) -> PathBuf {
        self.runtime.join(format!("cumulo-{}", geteuid().as_raw()))
    }
}

impl Drop for Long {
    fn drop(&mut self) {
        let data = self.data();
        let _ = self.command(&["stop", "--data", path(&data)]).output();
    }
}

/// Listens as another user; what comes to each connection is told.
fn listen_as_stranger(at: &Path) -> Receiver<Vec<u8>> {
    let (told, heard) = channel();
    let (ready, listening) = channel();
    let at = at.to_owned();
    thread::spawn(move || {
        // Of this thread alone: the others stay who they are.
        let stranger = Uid::from_raw(STRANGER);
        rustix::thread::set_thread_res_uid(stranger, stranger, stranger).unwrap();
        let listener = UnixListener::bind(&at).unwrap();
        ready.send(()).unwrap();
        for mut connection in listener.incoming().flatten() {
            connection.set_read_timeout(Some(SOON)).unwrap();
            let mut all = Vec::new();
            let _ = connection.read_to_end(&mut all);
            if told.send(all).is_err() {
                return;
            }
        }
    });
    listening.recv_timeout(SOON).unwrap();
    heard
}

#[test]
fn a_long_data_path_has_its_socket_in_a_folder_of_ours() {
    let long = Long::new();
    let started = long.place.start(long.run());
    let sockets = std::fs::read_dir(long.sockets()).unwrap().map(|entry| entry.unwrap().path());
    let [socket] = &sockets.collect::<Vec<_>>()[..] else { panic!("one socket") };
    assert_eq!(std::fs::metadata(socket).unwrap().mode() & 0o777, 0o600);
    assert_eq!(std::fs::metadata(long.sockets()).unwrap().mode() & 0o777, 0o700);
    assert!(!long.data().join("agent.sock").exists());
    started.sign_in(&started.code()).unwrap();
    drop(started);
    long.stop();

    // Only who may be another user for a while can try what follows.
    if geteuid().is_root() {
        let folder = std::fs::Permissions::from_mode;
        let _ = std::fs::remove_file(socket);
        for above in socket.ancestors().skip(1).take_while(|above| above.starts_with(long.place.root.path()))
        {
            std::fs::set_permissions(above, folder(0o777)).unwrap();
        }
        let heard = listen_as_stranger(socket);
        std::fs::set_permissions(long.sockets(), folder(0o700)).unwrap();
        std::fs::set_permissions(&long.runtime, folder(0o700)).unwrap();
        std::fs::set_permissions(long.place.root.path(), folder(0o700)).unwrap();
        let started = long.place.start(long.run());
        let cookie = started.sign_in(&started.code()).unwrap();
        let page = started.get("/csp-report", &format!("Cookie: {cookie}\r\n"));
        assert_eq!(status_of(&page), 200, "our own agent serves");
        assert_eq!(std::fs::metadata(socket).unwrap().uid(), geteuid().as_raw(), "at its own socket");
        let told: Vec<u8> = heard.try_iter().flatten().collect();
        assert_eq!(String::from_utf8_lossy(&told), "", "nothing is said to somebody else");
    }
}

#[test]
fn a_folder_for_sockets_that_is_not_ours_alone_is_refused() {
    let refused = |plant: &dyn Fn(&Long)| {
        let long = Long::new();
        plant(&long);
        let output = long.run().output().unwrap();
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success(), "{message}");
        assert!(message.contains(&format!("cumulo-{}", geteuid().as_raw())), "{message}");
        assert!(!long.place.ready_file().exists());
    };
    refused(&|long| {
        let elsewhere = long.place.root.path().join("elsewhere");
        std::fs::create_dir(&elsewhere).unwrap();
        std::os::unix::fs::symlink(elsewhere, long.sockets()).unwrap();
    });
    refused(&|long| std::fs::set_permissions(&long.runtime, std::fs::Permissions::from_mode(0o777)).unwrap());
    refused(&|long| std::fs::write(long.sockets(), "").unwrap());
    if geteuid().is_root() {
        refused(&|long| {
            std::fs::create_dir(long.sockets()).unwrap();
            std::os::unix::fs::chown(long.sockets(), Some(STRANGER), None).unwrap();
        });
        refused(&|long| std::os::unix::fs::chown(&long.runtime, Some(STRANGER), None).unwrap());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn idle_connections_and_wrong_codes_keep_nobody_out() {
    let place = Place::new();
    let started = place.run(&[]);
    let cookie = started.sign_in(&started.code()).unwrap();
    let mut tab = Tab::open(&started, &cookie, None).await;
    for address in [started.address(), started.cloud_address()] {
        let ours = address == started.address();
        // Silent, or in the middle of a head.
        let idle: Vec<_> = (0..650)
            .map(|number| {
                let mut socket = TcpStream::connect(&address).unwrap();
                if number % 2 == 0 {
                    std::io::Write::write_all(&mut socket, b"GET / HTTP/1.1\r\nHost: a").unwrap();
                }
                socket
            })
            .collect();
        for _ in 0..30 {
            let path = if ours { "/health" } else { "/_cumulo/health" };
            let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
            let answer = send(&address, request.as_bytes());
            assert_eq!(status_of(&String::from_utf8_lossy(&answer)), 200, "{address}");
        }
        let mut longest = idle.into_iter().next().unwrap();
        longest.set_read_timeout(Some(SOON)).unwrap();
        let mut rest = Vec::new();
        let _ = longest.read_to_end(&mut rest);
        assert_eq!(rest, b"", "who was idle longest gave way");
    }
    for _ in 0..60 {
        assert!(matches!(started.sign_in(&"0".repeat(64)), Err(401 | 429)));
    }
    started.sign_in(&place.fresh_code()).unwrap();
    // Who works goes on working.
    tab.terminal(ChannelId(1)).await;
}

#[test]
fn the_key_of_one_workspace_opens_no_other() {
    let (one, other) = (Place::new(), Place::new());
    let (one, other) = (one.run(&[]), other.run(&[]));
    let call = Asked {
        service: "logs",
        path: "/",
        target: "Logs_20140328.DescribeLogGroups",
        content: "application/x-amz-json-1.1",
        body: "{}".to_owned(),
    };
    let answer = |of, to: &Started| {
        let answer = send(&to.cloud_address(), &call.signed_by(of, to));
        String::from_utf8_lossy(&answer).into_owned()
    };
    assert_eq!(status_of(&answer(&one, &one)), 200);
    for refused in [answer(&one, &other), answer(&other, &one)] {
        assert_eq!(status_of(&refused), 403, "{refused}");
        assert!(refused.contains("UnrecognizedClientException"), "{refused}");
    }
    let cookie = one.sign_in(&one.code()).unwrap();
    let renamed = cookie.replace(
        one.address().trim_start_matches("127.0.0.1:"),
        other.address().trim_start_matches("127.0.0.1:"),
    );
    assert_eq!(status_of(&other.get("/csp-report", &format!("Cookie: {renamed}\r\n"))), 401);
}
