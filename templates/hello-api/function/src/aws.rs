//! Invocations from AWS's Lambda runtime.

use std::sync::Arc;

use lambda_runtime::{LambdaEvent, service_fn};
use serde::{Serialize, de::DeserializeOwned};

use crate::{Context, Error};

pub(crate) fn run<E, R>(handler: impl Fn(E, Context) -> Result<R, Error> + Send + Sync + 'static)
where
    E: DeserializeOwned + Send + 'static,
    R: Serialize + Send + 'static,
{
    let handler = Arc::new(handler);
    let service = service_fn(move |event: LambdaEvent<E>| {
        let handler = Arc::clone(&handler);
        async move {
            let (payload, context) = event.into_parts();
            let context = Context {
                request_id: context.request_id,
                deadline_ms: context.deadline,
                invoked_function_arn: context.invoked_function_arn,
            };
            handler(payload, context)
        }
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let served = runtime.map_err(Error::from).and_then(|runtime| runtime.block_on(lambda_runtime::run(service)));
    if let Err(error) = served {
        eprintln!("ERROR {error}");
        std::process::exit(1);
    }
}
