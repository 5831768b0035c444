//! A long, steady load of everything at once, and what grows under it: memory, descriptors, threads, the disk.
//!
//! Of three thirds of the time the first is for warming up: caches fill, logs reach their retention. What the last third has
//! beyond the second must stay within a stated budget; a leak does not.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context, Result, bail};
use http::Method;
use serde_json::json as value;
use tokio::task::JoinSet;

use crate::client::{Connection, address, form, get, json, signed};
use crate::function;
use crate::measure::Measures;
use crate::program::{Program, Ready};
use crate::usage::{self, Usage};

/// How often it is looked at.
const EVERY: Duration = Duration::from_secs(5);
/// Keys of objects that are put again and again.
const KEYS: u64 = 50;
/// Between two requests of one client: a steady load, not as much as there may be.
const PAUSE: Duration = Duration::from_millis(10);
/// Between two deployments.
const DEPLOYED: Duration = Duration::from_secs(2);
/// After how many writes a log group is begun anew.
const OF_A_GROUP: u64 = 500;

/// A stack of two resources that take nothing to run.
const TEMPLATE: &str =
    r#"{"Resources":{"Logs":{"Type":"AWS::Logs::LogGroup"},"Bucket":{"Type":"AWS::S3::Bucket"}}}"#;

/// Something that may grow.
struct Budget {
    name: &'static str,
    unit: &'static str,
    of: fn(&Usage) -> f64,
    /// By how much the last third's mean may be above the second's: so much, and this share of it.
    most: f64,
    share: f64,
}

const BUDGETS: [Budget; 4] = [
    Budget { name: "memory", unit: "MB", of: |usage| usage.memory_mb, most: 8.0, share: 0.05 },
    Budget { name: "descriptors", unit: "", of: |usage| usage.descriptors, most: 8.0, share: 0.02 },
    Budget { name: "threads", unit: "", of: |usage| usage.threads, most: 4.0, share: 0.02 },
    Budget { name: "disk", unit: "MB", of: |usage| usage.disk_mb, most: 16.0, share: 0.05 },
];

/// What the load has done.
#[derive(Default)]
struct Done {
    stop: AtomicBool,
    requests: AtomicU64,
}

impl Done {
    fn goes_on(&self) -> bool {
        !self.stop.load(Ordering::Relaxed)
    }

    fn one(&self) {
        self.requests.fetch_add(1, Ordering::Relaxed);
    }
}

/// Runs the load for so long, and fails where something grew.
pub(crate) fn measure(executable: &Path, lasts: Duration, measures: &mut Measures) -> Result<()> {
    let program = Program::ide(executable)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let (usages, requests) = runtime.block_on(load(&program, lasts))?;
    measures.note("soak, requests", requests as f64, "");
    judge(&usages, measures)
}

async fn load(program: &Program, lasts: Duration) -> Result<(Vec<Usage>, u64)> {
    let (ready, done) = (program.ready.clone(), Arc::new(Done::default()));
    let made = function::make(&ready, "greet", &function::greet()?).await?;
    let mut clients = JoinSet::new();
    clients.spawn(invokes(ready.clone(), made.api, Arc::clone(&done)));
    clients.spawn(objects(ready.clone(), Arc::clone(&done)));
    clients.spawn(events(ready.clone(), Arc::clone(&done)));
    clients.spawn(deploys(ready.clone(), Arc::clone(&done)));
    let (begun, mut usages) = (Instant::now(), Vec::new());
    while begun.elapsed() < lasts {
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            Some(ended) = clients.join_next() => {
                ended??;
                bail!("a client ended before its time");
            }
        }
        let processes = usage::tree([program.ready.pid].into_iter().chain(program.agent()))?;
        let usage = Usage::of(&processes, &program.data());
        println!("  {:>5} s: {usage}", begun.elapsed().as_secs());
        usages.push(usage);
    }
    done.stop.store(true, Ordering::Relaxed);
    while let Some(ended) = clients.join_next().await {
        ended??;
    }
    Ok((usages, done.requests.load(Ordering::Relaxed)))
}

/// Holds the last third against the second.
fn judge(usages: &[Usage], measures: &mut Measures) -> Result<()> {
    let third = usages.len() / 3;
    let (Some(second), Some(last)) = (usages.get(third..2 * third), usages.get(2 * third..)) else {
        bail!("it was too short to say anything");
    };
    if second.is_empty() {
        bail!("it was too short to say anything: {} seconds at least", 3 * EVERY.as_secs());
    }
    let mut grown = Vec::new();
    for budget in BUDGETS {
        let mean = |usages: &[Usage]| usages.iter().map(budget.of).sum::<f64>() / usages.len() as f64;
        let (before, after) = (mean(second), mean(last));
        let most = budget.most + before * budget.share;
        let name = format!("soak, {} in the last third beyond the second", budget.name);
        measures.judge(name, after - before, budget.unit, &format!("≤ {most:.1}"));
        if after - before > most {
            grown.push(format!("{} grew from {before:.1} to {after:.1} {}", budget.name, budget.unit));
        }
    }
    if grown.is_empty() { Ok(()) } else { bail!("it grows under a steady load: {}", grown.join("; ")) }
}

/// Calls a function, directly and through its API in turn.
async fn invokes(ready: Ready, api: String, done: Arc<Done>) -> Result<()> {
    let mut connection = Connection::open(address(&ready)).await?;
    while done.goes_on() {
        let to = (Method::POST, "/2015-03-31/functions/greet/invocations");
        connection.expect(signed(&ready, "lambda", to, "{}")?).await?;
        connection.expect(get(&api, "/hello")?).await?;
        done.one();
        tokio::time::sleep(PAUSE).await;
    }
    Ok(())
}

/// Puts objects over one another, reads them, and removes every third.
async fn objects(ready: Ready, done: Arc<Done>) -> Result<()> {
    let mut connection = Connection::open(address(&ready)).await?;
    connection.expect(signed(&ready, "s3", (Method::PUT, "/soak"), "")?).await?;
    let mut number = 0;
    while done.goes_on() {
        let path = format!("/soak/{}", number % KEYS);
        let body = vec![number as u8; (number * 977 % 200_000) as usize];
        connection.expect(signed(&ready, "s3", (Method::PUT, &path), body)?).await?;
        connection.expect(signed(&ready, "s3", (Method::GET, &path), "")?).await?;
        if number % 3 == 0 {
            connection.expect(signed(&ready, "s3", (Method::DELETE, &path), "")?).await?;
        }
        number += 1;
        done.one();
        tokio::time::sleep(PAUSE).await;
    }
    Ok(())
}

/// Writes events to a log group, reads them, and begins another group in time.
async fn events(ready: Ready, done: Arc<Done>) -> Result<()> {
    let mut connection = Connection::open(address(&ready)).await?;
    let mut round = 0;
    while done.goes_on() {
        let (group, stream) = (format!("soak-{round}"), "stream");
        round += 1;
        ask(&mut connection, &ready, "CreateLogGroup", value!({ "logGroupName": group })).await?;
        ask(
            &mut connection,
            &ready,
            "CreateLogStream",
            value!({ "logGroupName": group, "logStreamName": stream }),
        )
        .await?;
        for _ in 0..OF_A_GROUP {
            if !done.goes_on() {
                break;
            }
            let now = now()? as u64;
            let events: Vec<_> = (0..20)
                .map(|n| value!({ "timestamp": now, "message": format!("{n} {}", "x".repeat(200)) }))
                .collect();
            let put = value!({ "logGroupName": group, "logStreamName": stream, "logEvents": events });
            ask(&mut connection, &ready, "PutLogEvents", put).await?;
            ask(&mut connection, &ready, "FilterLogEvents", value!({ "logGroupName": group, "limit": 10 }))
                .await?;
            done.one();
            tokio::time::sleep(PAUSE).await;
        }
        ask(&mut connection, &ready, "DeleteLogGroup", value!({ "logGroupName": group })).await?;
    }
    Ok(())
}

/// An operation of CloudWatch Logs.
async fn ask(
    connection: &mut Connection,
    ready: &Ready,
    operation: &str,
    input: serde_json::Value,
) -> Result<()> {
    let request = json(ready, "logs", &format!("Logs_20140328.{operation}"), &input)?;
    connection.expect(request).await.with_context(|| format!("failed to do {operation}"))?;
    Ok(())
}

/// Milliseconds since 1970.
fn now() -> Result<u128> {
    #[allow(clippy::disallowed_methods, reason = "events carry the time of the wall clock")]
    let now = SystemTime::now();
    Ok(now.duration_since(SystemTime::UNIX_EPOCH)?.as_millis())
}

/// Deploys a stack and deletes it.
async fn deploys(ready: Ready, done: Arc<Done>) -> Result<()> {
    let mut connection = Connection::open(address(&ready)).await?;
    while done.goes_on() {
        for action in ["CreateStack", "DeleteStack"] {
            let fields = [
                ("Action", action),
                ("Version", "2010-05-15"),
                ("StackName", "soak"),
                ("TemplateBody", TEMPLATE),
            ];
            let fields = if action == "CreateStack" { &fields[..] } else { &fields[..3] };
            connection.expect(form(&ready, "cloudformation", fields)?).await?;
            tokio::time::sleep(DEPLOYED).await;
        }
        done.one();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(memory: impl Fn(usize) -> f64, is_sound: bool) {
        let usages: Vec<_> = (0..90)
            .map(|at| Usage { memory_mb: memory(at), descriptors: 50.0, threads: 20.0, disk_mb: 90.0 })
            .collect();
        assert_eq!(judge(&usages, &mut Measures::default()).is_ok(), is_sound);
    }

    #[test]
    fn what_grows_is_told_and_what_warms_up_or_wavers_is_not() {
        check(|_| 100.0, true);
        check(|at| 100.0 + (at.min(29) * 10) as f64, true);
        check(|at| 100.0 + (at % 7) as f64 * 5.0, true);
        check(|at| 100.0 + at as f64, false);
        assert!(judge(&[], &mut Measures::default()).is_err());
    }
}
