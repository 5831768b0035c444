//! The function that is measured: made over Lambda's own API, with an HTTP API in front of it.

use std::io::{Cursor, Write};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use base64::{Engine, engine::general_purpose::STANDARD};
use http::Method;
use serde_json::{Value, json};
use zip::{ZipWriter, write::SimpleFileOptions};

use crate::client::{Connection, address, signed};
use crate::program::Ready;

/// Answers any request with a greeting; the same module that the AWS clients' tests deploy.
const GREET: &str = include_str!("../../aws/functions/greet.wasm.b64");

/// Far more than making it takes.
const DEADLINE: Duration = Duration::from_mins(1);

/// What it costs to get a function ready.
pub(crate) struct Made {
    /// From the request to make it until it may be invoked: the module is compiled in between.
    pub(crate) active: Duration,
    /// `ID.execute-api.localhost:PORT`.
    pub(crate) api: String,
}

/// Makes `name` and an API whose every route is its.
pub(crate) async fn make(ready: &Ready, name: &str, module: &[u8]) -> Result<Made> {
    let mut connection = Connection::open(address(ready)).await?;
    let started = Instant::now();
    let function = json!({
        "FunctionName": name, "Runtime": "provided.al2023", "Handler": "bootstrap",
        "Role": "arn:aws:iam::000000000000:role/bench", "Code": { "ZipFile": STANDARD.encode(package(module)?) },
    });
    let to = |path| (Method::POST, path);
    let made = connection
        .expect(signed(ready, "lambda", to("/2015-03-31/functions"), function.to_string())?)
        .await?;
    let made: Value = serde_json::from_slice(&made)?;
    active(&mut connection, ready, name, started).await?;
    let took = started.elapsed();
    let permission = json!({
        "StatementId": "api", "Action": "lambda:InvokeFunction", "Principal": "apigateway.amazonaws.com",
    });
    let policy = format!("/2015-03-31/functions/{name}/policy");
    connection.expect(signed(ready, "lambda", to(&policy), permission.to_string())?).await?;
    let api = json!({ "name": name, "protocolType": "HTTP", "target": made["FunctionArn"] });
    let api = connection.expect(signed(ready, "apigateway", to("/v2/apis"), api.to_string())?).await?;
    let api: Value = serde_json::from_slice(&api)?;
    let id = api["apiId"].as_str().context("the API has no id")?;
    let port = address(ready).rsplit(':').next().unwrap_or_default();
    Ok(Made { active: took, api: format!("{id}.execute-api.localhost:{port}") })
}

async fn active(connection: &mut Connection, ready: &Ready, name: &str, started: Instant) -> Result<()> {
    let path = format!("/2015-03-31/functions/{name}/configuration");
    while started.elapsed() < DEADLINE {
        let shown = connection.expect(signed(ready, "lambda", (Method::GET, &path), "")?).await?;
        let shown: Value = serde_json::from_slice(&shown)?;
        match shown["State"].as_str() {
            Some("Active") => return Ok(()),
            Some("Pending") => tokio::time::sleep(Duration::from_millis(1)).await,
            _ => bail!("{name} did not become active: {shown}"),
        }
    }
    bail!("{name} was not active in time")
}

/// The greeting's module.
pub(crate) fn greet() -> Result<Vec<u8>> {
    STANDARD.decode(GREET.trim()).context("greet.wasm.b64 is not base64")
}

/// A module with many functions that nobody calls, so that compiling has work to do. Its number makes it another module:
/// compiled ones are kept, across runs too.
pub(crate) fn heavy(functions: u32, number: u32) -> Vec<u8> {
    // Sections by hand: a name for the number, a type () -> (), `functions` of them, an export of the first as `_start`,
    // their code.
    let body: Vec<u8> =
        [0x00].into_iter().chain([0x41, 0x01, 0x41, 0x02, 0x6a, 0x1a].repeat(20)).chain([0x0b]).collect();
    let mut code = leb(functions);
    for _ in 0..functions {
        code.extend(leb(body.len() as u32));
        code.extend(&body);
    }
    let mut declared = leb(functions);
    declared.extend(std::iter::repeat_n(0, functions as usize));
    let mut module = b"\0asm\x01\0\0\0".to_vec();
    let sections: [(u8, Vec<u8>); 5] = [
        (0, [&[4], &b"seed"[..], &number.to_le_bytes()].concat()),
        (1, vec![1, 0x60, 0, 0]),
        (3, declared),
        (7, [&[1, 6], &b"_start"[..], &[0, 0]].concat()),
        (10, code),
    ];
    for (id, content) in sections {
        module.push(id);
        module.extend(leb(content.len() as u32));
        module.extend(content);
    }
    module
}

fn leb(mut value: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let low = (value & 0x7f) as u8;
        value >>= 7;
        if value == 0 {
            bytes.push(low);
            return bytes;
        }
        bytes.push(low | 0x80);
    }
}

fn package(module: &[u8]) -> Result<Vec<u8>> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file("bootstrap.wasm", SimpleFileOptions::default())?;
    archive.write_all(module)?;
    Ok(archive.finish()?.into_inner())
}
