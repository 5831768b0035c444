//! Loads: one request after the other to learn how long one takes, many at once to learn how many fit into a second.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Result;
use bytes::Bytes;
use http::Request;
use http_body_util::Full;

use crate::client::Connection;
use crate::measure::Series;

/// Makes the same request again and again.
pub(crate) type Requests = Arc<dyn Fn() -> Result<Request<Full<Bytes>>> + Send + Sync>;

/// Times `count` requests, one after the other on one connection.
pub(crate) async fn one_by_one(address: &str, count: usize, requests: &Requests) -> Result<Series> {
    let mut connection = Connection::open(address).await?;
    let mut times = Vec::with_capacity(count);
    for _ in 0..count {
        let request = requests()?;
        let started = Instant::now();
        connection.expect(request).await?;
        times.push(started.elapsed());
    }
    Ok(Series::new(times))
}

/// Requests that `connections` get answered in a second, each asking anew as soon as it was answered.
pub(crate) async fn at_once(
    address: &str,
    connections: usize,
    lasts: Duration,
    requests: &Requests,
) -> Result<f64> {
    let started = Instant::now();
    let mut running = Vec::new();
    for _ in 0..connections {
        let (address, requests) = (address.to_owned(), Arc::clone(requests));
        running.push(tokio::spawn(async move {
            let mut connection = Connection::open(&address).await?;
            let mut answered = 0_u32;
            while started.elapsed() < lasts {
                connection.expect(requests()?).await?;
                answered += 1;
            }
            anyhow::Ok(answered)
        }));
    }
    let mut answered = 0.0;
    for one in running {
        answered += f64::from(one.await??);
    }
    Ok(answered / started.elapsed().as_secs_f64())
}
