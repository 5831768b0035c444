//! The permission for an API to call the function that authorizes its callers.

use serde_json::{Value, json};

use super::resource::{Plain, reference};

/// The permission; the ARN's beginning says how the partition is named.
pub(super) fn to_authorize(source: &Value, api: &str, arn: &str, function: &Value) -> Value {
    let text = format!("{arn}execute-api:${{AWS::Region}}:${{AWS::AccountId}}:${{__ApiId__}}/authorizers/*");
    Plain::passing("AWS::Lambda::Permission", source)
        .with("Action", "lambda:InvokeFunction")
        .with("FunctionName", function.clone())
        .with("Principal", "apigateway.amazonaws.com")
        .with("SourceArn", json!({ "Fn::Sub": [text, { "__ApiId__": reference(api) }] }))
        .build()
}
