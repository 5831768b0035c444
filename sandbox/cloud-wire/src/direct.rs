//! Requests that are asked of a service without a connection, for whoever tries services: what the endpoint does between
//! reading a request and writing its answer. Nobody signs, and no leave is asked.

use cloud_core::{AwsError, Caller, Context, Realm, RequestId};
use serde_json::Value as Json;

use crate::model::Operation;
use crate::service::Service;
use crate::token::Listing;
use crate::{codec, validate};

/// Asks an operation of a service. Input and output have the model's names; tokens of pages are sealed as for a client.
pub async fn ask(
    context: &Context,
    service: &dyn Service,
    operation: &Operation,
    input: &Json,
) -> Result<Json, AwsError> {
    let model = service.model();
    let realm = Realm::new(context.account().clone(), context.region().clone());
    let caller = Caller::root(&realm.account, &realm.region, RequestId::random(context.entropy()));
    let mut input = codec::input(operation, input)?;
    let listing = Listing::open(model, operation, &realm, &mut input)?;
    service.inspect(operation, &input)?;
    if service.validates(operation.name) {
        validate::check(&input, operation, model)?;
    }
    let listing = listing.map(|listing| listing.begin(operation, &mut input));
    let pending = service.call(operation.name, &caller, input);
    let unhandled = || AwsError::internal(format!("{} has no handler for {}", model.id, operation.name));
    let mut output = pending.ok_or_else(unhandled)?.await?;
    if let Some(listing) = listing {
        listing.seal(operation, &mut *output);
    }
    codec::output(operation, &*output)
}
