//! Whether a bucket's policy is public, and what the bucket's block of public access makes of that.
// AWS: "Blocking public access to your Amazon S3 storage", "The meaning of public".

use std::net::IpAddr;

use cloud_core::AwsError;
use serde_json::Value;

use crate::{error::bad, names, state::Bucket};

/// Keys that name whoever asks, or what he asks for, so that a fixed value of them is nobody's who likes.
const NARROW: [&str; 12] = [
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceowner",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:userid",
    "s3:dataaccesspointaccount",
    "s3:dataaccesspointarn",
    "s3:x-amz-server-side-encryption-aws-kms-key-id",
];

/// That a bucket may have that policy.
pub(crate) fn check(bucket: &Bucket, policy: &Value, name: &str, who: &str) -> Result<(), AwsError> {
    let block = bucket.public_access_block.as_ref();
    let is_blocked = block.is_some_and(|block| block.block_public_policy == Some(true));
    if !is_blocked || !is_public(policy) {
        return Ok(());
    }
    let arn = names::arn(&bucket.region, name);
    let message = format!(
        "User: {who} is not authorized to perform: s3:PutBucketPolicy on resource: \"{arn}\" because public policies are \
         blocked by the BlockPublicPolicy block public access setting."
    );
    Err(bad("AccessDenied", &message).status(403))
}

/// Whether nobody gets in from outside of the bucket's account.
// AWS: a public policy lets in from other accounts nobody at all then, also whom it names.
pub(crate) fn is_restricted(bucket: &Bucket) -> bool {
    let block = bucket.public_access_block.as_ref();
    block.is_some_and(|block| block.restrict_public_buckets == Some(true))
        && bucket.policy.as_ref().is_some_and(is_public)
}

/// Whether a policy allows something to whoever likes.
fn is_public(policy: &Value) -> bool {
    let statements = policy.get("Statement").map(each).unwrap_or_default();
    statements.iter().any(|statement| {
        let allows = statement.get("Effect").is_some_and(|effect| effect == "Allow");
        allows && !names_principals(statement) && !is_narrowed(statement)
    })
}

/// A list, or what stands in the place of one.
fn each(value: &Value) -> &[Value] {
    value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice)
}

/// A value without wildcards and variables.
fn is_fixed(text: &str) -> bool {
    !text.contains(['*', '?']) && !text.contains("${")
}

fn are_fixed(values: &Value) -> bool {
    each(values).iter().all(|value| value.as_str().is_some_and(is_fixed))
}

/// Whether all whom it is about are named.
fn names_principals(statement: &Value) -> bool {
    let kinds = statement.get("Principal").and_then(Value::as_object);
    kinds.is_some_and(|kinds| kinds.values().all(are_fixed))
}

/// Whether a condition wants one of what is known.
fn is_narrowed(statement: &Value) -> bool {
    let operators = statement.get("Condition").and_then(Value::as_object);
    operators.into_iter().flatten().any(|(operator, keys)| {
        let operator = operator.to_ascii_lowercase();
        let operator = operator.strip_prefix("foranyvalue:").unwrap_or(&operator);
        let mut keys = keys.as_object().into_iter().flatten();
        keys.any(|(key, values)| is_narrow(operator, &key.to_ascii_lowercase(), values))
    })
}

fn is_narrow(operator: &str, key: &str, values: &Value) -> bool {
    match operator {
        "ipaddress" => key == "aws:sourceip" && each(values).iter().all(is_narrow_network),
        "stringequals" | "stringequalsignorecase" | "stringlike" | "arnequals" | "arnlike" => {
            NARROW.contains(&key)
                && (are_fixed(values)
                    || key == "s3:dataaccesspointarn" && each(values).iter().all(names_account))
        }
        _ => false,
    }
}

// AWS: an access point's name may be any, as long as its account is fixed.
fn names_account(arn: &Value) -> bool {
    let account = arn.as_str().and_then(|arn| arn.split(':').nth(4));
    account.is_some_and(|account| !account.is_empty() && is_fixed(account))
}

// AWS: what is wider than /8 of IPv4, or than /32 of IPv6, counts as everywhere.
fn is_narrow_network(network: &Value) -> bool {
    let Some(network) = network.as_str() else { return false };
    let (address, bits) =
        network.split_once('/').map_or((network, None), |(address, bits)| (address, Some(bits)));
    let bits: Option<u8> = bits.and_then(|bits| bits.parse().ok()).or(bits.is_none().then_some(128));
    match (address.parse::<IpAddr>(), bits) {
        (Ok(IpAddr::V4(_)), Some(bits)) => bits >= 8,
        (Ok(IpAddr::V6(_)), Some(bits)) => bits >= 32,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_policy_is_public_unless_it_says_whom_it_means() {
        let anybody =
            |condition: Value| json!({ "Effect": "Allow", "Principal": "*", "Condition": condition });
        let only = |operator: &str, key: &str, value: Value| anybody(json!({ operator: { key: value } }));
        let to = |principal: Value| json!({ "Effect": "Allow", "Principal": principal });
        for (statement, expected) in [
            (to(json!("*")), true),
            (to(json!({ "AWS": "*" })), true),
            (to(json!({ "AWS": ["111111111111", "*"] })), true),
            (to(json!({ "AWS": ["111111111111", "arn:aws:iam::222222222222:root"] })), false),
            (to(json!({ "Service": "cloudfront.amazonaws.com" })), false),
            (json!({ "Effect": "Deny", "Principal": "*" }), false),
            (only("StringEquals", "aws:SourceAccount", json!("111111111111")), false),
            (only("stringlike", "AWS:PrincipalOrgID", json!(["o-1", "o-2"])), false),
            (only("StringLike", "aws:PrincipalOrgID", json!("o-*")), true),
            (only("StringEquals", "aws:userid", json!("${aws:userid}")), true),
            (only("StringNotEquals", "aws:SourceAccount", json!("111111111111")), true),
            (only("StringEqualsIfExists", "aws:SourceAccount", json!("111111111111")), true),
            (only("StringEquals", "aws:Referer", json!("http://example.com")), true),
            (
                only(
                    "StringLike",
                    "s3:DataAccessPointArn",
                    json!("arn:aws:s3:us-west-2:123456789012:accesspoint/*"),
                ),
                false,
            ),
            (
                only("StringLike", "s3:DataAccessPointArn", json!("arn:aws:s3:us-west-2:*:accesspoint/x")),
                true,
            ),
            (only("IpAddress", "aws:SourceIp", json!(["10.0.0.0/8", "192.0.2.1"])), false),
            (only("IpAddress", "aws:SourceIp", json!(["10.0.0.0/8", "0.0.0.0/1"])), true),
            (only("IpAddress", "aws:SourceIp", json!("2001:db8::/32")), false),
            (only("IpAddress", "aws:SourceIp", json!("2001::/16")), true),
            (only("NotIpAddress", "aws:SourceIp", json!("192.0.2.1")), true),
            (only("Bool", "aws:SecureTransport", json!("true")), true),
        ] {
            assert_eq!(is_public(&json!({ "Statement": statement })), expected, "{statement}");
            let named = to(json!({ "AWS": "111111111111" }));
            assert_eq!(is_public(&json!({ "Statement": [named, statement] })), expected, "{statement}");
        }
        assert!(!is_public(&json!({ "Statement": [] })));
    }
}
