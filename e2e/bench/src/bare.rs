//! The peer: what HTTP costs here before anything is done. An axum handler that answers as the function does.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};
use axum::{Router, routing::get};

/// Serves until it is killed.
#[tokio::main]
pub(crate) async fn serve() -> Result<()> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    let app = Router::new().fallback(get(|| async { ([("x-greeting", "yes")], "hello") }));
    Ok(axum::serve(listener, app).await?)
}

/// The peer in a process of its own.
pub(crate) struct Bare {
    child: Child,
    /// `127.0.0.1:PORT`.
    pub(crate) address: String,
}

impl Bare {
    pub(crate) fn start() -> Result<Self> {
        let mut child = Command::new(std::env::current_exe()?).arg("bare").stdout(Stdio::piped()).spawn()?;
        let mut address = String::new();
        let output = child.stdout.take().context("the bare server has no output")?;
        BufReader::new(output).read_line(&mut address)?;
        Ok(Self { child, address: address.trim().to_owned() })
    }

    /// Its process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
