//! PutSubscriptionFilter, DescribeSubscriptionFilters, DeleteSubscriptionFilter.

use cloud_core::{Access, Arn, AwsError, Caller, Maker, page};
use cloud_policy::{Keys, Policies, Policy, Principal, Request, Source, Steps, decide};

use crate::filter::Pattern;
use crate::open::Logs;
use crate::quotas::{self, LISTED};
use crate::record::{Group, Subscription};
use crate::shapes::{
    Code, DeleteSubscriptionFilterRequest, DescribeSubscriptionFiltersRequest,
    DescribeSubscriptionFiltersResponse, Distribution, PutSubscriptionFilterRequest, SubscriptionFilter,
};
use crate::subscriptions::{self, PRINCIPAL};

/// Who subscribes.
pub(crate) enum Origin {
    /// Who signed a request.
    Request,
    /// A step of a template that makes it.
    Made(Maker),
    /// A step of a template that changes it.
    Changed,
}

pub(crate) async fn put_subscription_filter(
    logs: &Logs,
    _caller: &Caller,
    input: PutSubscriptionFilterRequest,
) -> Result<(), AwsError> {
    put(logs, input, Origin::Request).await
}

/// Makes a subscription, or changes the one of that name.
pub(crate) async fn put(
    logs: &Logs,
    input: PutSubscriptionFilterRequest,
    origin: Origin,
) -> Result<(), AwsError> {
    logs.group(&input.log_group_name).await?;
    Pattern::parse(&input.filter_pattern)
        .map_err(|error| invalid(&format!("Invalid filter pattern: {error}")))?;
    refuse_others(&input)?;
    if matches!(origin, Origin::Request) || is_reachable(logs, &input.destination_arn) {
        expect_destination(logs, &input).await?;
    }
    let group = input.log_group_name;
    let wanted = Subscription {
        name: input.filter_name,
        pattern: input.filter_pattern,
        destination: input.destination_arn,
        distribution: input.distribution,
        created_ms: logs.context.clock().now_ms(),
        made_by: Maker::NOBODY,
    };
    logs.change(group, move |group| set(group, wanted, origin)).await
}

fn set(group: &mut Group, mut wanted: Subscription, origin: Origin) -> Result<(), AwsError> {
    let place = group.subscriptions.binary_search_by(|present| present.name.cmp(&wanted.name));
    let present = place.ok().and_then(|place| group.subscriptions.get(place));
    if let Some(present) = present {
        (wanted.created_ms, wanted.made_by) = (present.created_ms, present.made_by.clone());
    }
    if let Origin::Made(maker) = origin {
        maker.repeats(present.map(|present| &present.made_by), || taken(&wanted.name))?;
        wanted.made_by = maker;
    }
    let place = match place {
        Ok(place) => {
            group.subscriptions.remove(place);
            place
        }
        Err(place) => place,
    };
    quotas::SUBSCRIPTIONS.check(group.subscriptions.len() + 1)?;
    group.subscriptions.insert(place, wanted);
    Ok(())
}

pub(crate) async fn describe_subscription_filters(
    logs: &Logs,
    _caller: &Caller,
    input: DescribeSubscriptionFiltersRequest,
) -> Result<DescribeSubscriptionFiltersResponse, AwsError> {
    let group = logs.group(&input.log_group_name).await?;
    let prefix = input.filter_name_prefix.as_deref().unwrap_or_default();
    let found = group.subscriptions.iter().filter(|subscription| subscription.name.starts_with(prefix));
    let items = found.map(|subscription| (subscription.name.clone(), shown(&group, subscription)));
    let (filters, next_token) =
        page::page(items, input.next_token.as_deref(), page::size(input.limit, LISTED));
    Ok(DescribeSubscriptionFiltersResponse { subscription_filters: Some(filters), next_token })
}

pub(crate) async fn delete_subscription_filter(
    logs: &Logs,
    _caller: &Caller,
    input: DeleteSubscriptionFilterRequest,
) -> Result<(), AwsError> {
    let remove = move |group: &mut Group| {
        let before = group.subscriptions.len();
        group.subscriptions.retain(|subscription| subscription.name != input.filter_name);
        if group.subscriptions.len() < before {
            return Ok(());
        }
        Err(Code::ResourceNotFoundException.error("The specified subscription filter does not exist."))
    };
    logs.change(input.log_group_name, remove).await
}

fn shown(group: &Group, subscription: &Subscription) -> SubscriptionFilter {
    let Subscription { name, pattern, destination, distribution, created_ms, .. } = subscription.clone();
    SubscriptionFilter {
        filter_name: Some(name),
        log_group_name: Some(group.name.clone()),
        filter_pattern: Some(pattern),
        destination_arn: Some(destination),
        distribution: Some(distribution.unwrap_or(Distribution::ByLogStream)),
        apply_on_transformed_logs: Some(false),
        creation_time: Some(created_ms),
        ..SubscriptionFilter::default()
    }
}

fn invalid(text: &str) -> AwsError {
    Code::InvalidParameterException.error(text)
}

// AWS: what CloudFormation says of what is there already.
fn taken(name: &str) -> AwsError {
    Code::InvalidParameterException.error(format!(
        "Resource of type 'AWS::Logs::SubscriptionFilter' with identifier '{name}' already exists."
    ))
}

/// Whether a service of this account is here that takes deliveries to that ARN.
pub(crate) fn is_reachable(logs: &Logs, destination: &str) -> bool {
    let own = logs.context.account().as_str();
    let arn = destination.parse::<Arn>().ok().filter(|arn| arn.account() == own);
    arn.is_some_and(|arn| arn.service() == "lambda" && logs.context.peers().target(&arn).is_some())
}

// LIMIT: groups have no transformers, are of this account alone, and no fields are told of their events.
fn refuse_others(input: &PutSubscriptionFilterRequest) -> Result<(), AwsError> {
    let asked = [
        ("applyOnTransformedLogs", input.apply_on_transformed_logs == Some(true)),
        (
            "fieldSelectionCriteria",
            input.field_selection_criteria.as_ref().is_some_and(|text| !text.is_empty()),
        ),
        ("emitSystemFields", input.emit_system_fields.as_ref().is_some_and(|fields| !fields.is_empty())),
    ];
    match asked.iter().find(|(_, asked)| *asked) {
        None => Ok(()),
        Some((name, _)) => Err(invalid(&format!("{name} is not supported here. Leave it out."))),
    }
}

/// Fails unless the destination is a function that may be invoked.
// LIMIT: other destinations than functions are not here.
async fn expect_destination(logs: &Logs, input: &PutSubscriptionFilterRequest) -> Result<(), AwsError> {
    let arn: Arn = input.destination_arn.parse().map_err(|_| invalid("Invalid destinationArn"))?;
    match arn.service() {
        "lambda" => {}
        "kinesis" => {
            return Err(invalid(
                "Could not deliver test message to specified Kinesis stream. Check if the given kinesis stream is in \
                 ACTIVE state.",
            ));
        }
        "firehose" => {
            return Err(invalid(
                "Could not deliver test message to specified Firehose stream. Check if the given Firehose stream is in \
                 ACTIVE state.",
            ));
        }
        "logs" => return Err(invalid("The specified destination does not exist.")),
        vendor => {
            return Err(invalid(&format!(
                "PutSubscriptionFilter operation cannot work with destinationArn for vendor {vendor}"
            )));
        }
    }
    if input.role_arn.is_some() {
        return Err(invalid("destinationArn for vendor lambda cannot be used with roleArn"));
    }
    let is_own = arn.account() == logs.context.account().as_str();
    let access = if is_own { logs.context.peers().access(&arn).await? } else { None };
    match access {
        Some(access) if may_invoke(logs, &input.log_group_name, &access)? => Ok(()),
        _ => Err(invalid(
            "Could not execute the lambda function. Make sure you have given CloudWatch Logs permission to execute your \
             function.",
        )),
    }
}

/// Whether the function's policy lets the group invoke it.
fn may_invoke(logs: &Logs, group: &str, access: &Access) -> Result<bool, AwsError> {
    // One that says nothing of who may is asked when something is sent.
    if access.action.is_empty() {
        return Ok(true);
    }
    let account = logs.context.account().as_str();
    let source = subscriptions::source(logs, group)?;
    let mut keys = Keys::default();
    keys.set("aws:SourceAccount", account);
    keys.set("aws:SourceArn", source.as_str());
    let Some(text) = &access.policy else { return Ok(false) };
    let policy = Policy::parse(text).unwrap_or_else(|_| Policy::unreadable());
    let policy = Source { id: "function".to_owned(), policy };
    let allows = |principal: &str| {
        let request = Request {
            principal: &Principal::service(principal, account),
            action: &access.action,
            resource: &access.resource,
            resource_account: account,
            keys: &keys,
            steps: &Steps::default(),
        };
        let policies = Policies { resource: Some(&policy), ..Policies::default() };
        decide(&request, &policies).verdict.is_allowed()
    };
    Ok(allows(&subscriptions::regional(&logs.context)) || allows(PRINCIPAL))
}
