//! A REST API of items, each an object of a bucket. Press *Deploy*, then try its address.

mod api;
mod objects;

use lambda_http::{Error, run, service_fn};
use objects::Bucket;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let bucket = &Bucket::from_environment()?;
    run(service_fn(|request| async move { api::answer(bucket, &request).await.map_err(Error::from) })).await
}
