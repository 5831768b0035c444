//! What a function's role may do: asked where Lambda sends something as that role.

use cloud_core::{
    Access, AccountId, Arn, AwsError, Caller, Context, Denial, Permissions, Principal, RequestId, leave,
};

/// Why a role may not have something delivered, where that counts in this cloud's mode. Where it is only to be reported it is
/// logged, and said in the answer if this is within an operation.
pub(crate) async fn denied(
    context: &Context,
    role: &Arn,
    function: &str,
    access: Access,
) -> Result<Option<Denial>, AwsError> {
    if access.action.is_empty() {
        return Ok(None);
    }
    // AWS: a session of the role, called as the function is.
    let (account, user_id) = (AccountId::new(role.account()), format!(":{function}"));
    let principal = Principal { account, arn: role.clone(), user_id };
    let id = RequestId::random(context.entropy());
    let caller = Caller::of(principal, context.region(), id);
    let mut keys = leave::keys_of(context, context.region(), "lambda.amazonaws.com");
    // What the role does is not asked by a service on somebody's behalf.
    keys.retain(|(key, _)| !key.starts_with("aws:Via") && !key.starts_with("aws:Called"));
    let answer = leave::ask(context, &caller, &keys, &[access]).await?;
    if let Some(denial) = &answer.reported {
        let text = denial.to_string();
        tracing::warn!(function, text, "mode enforce would not let a function's role send");
        cloud_wire::response_headers::would_be_refused(&text);
    }
    Ok(answer.refused)
}

/// Fails where Lambda may not become a role.
// AWS: "The role defined for the function cannot be assumed by Lambda."
pub(crate) async fn expect_trust(context: &Context, role: &str, function: &str) -> Result<(), AwsError> {
    let mode = context.permissions();
    let Some(authority) = context.peers().authority().filter(|_| mode != Permissions::Off) else {
        return Ok(());
    };
    let Ok(role) = role.parse::<Arn>() else { return Ok(()) };
    let source = crate::names::function_arn(context, function).to_string();
    let keys = vec![("aws:SourceArn".to_owned(), vec![source])];
    if authority.trusts(&role, "lambda.amazonaws.com", &keys).await? {
        return Ok(());
    }
    let text = "The role defined for the function cannot be assumed by Lambda.";
    if mode == Permissions::Enforce {
        return Err(crate::shapes::Code::InvalidParameterValueException.error(text));
    }
    let role = role.to_string();
    tracing::warn!(function, role, "mode enforce would not let Lambda assume the role of a function");
    cloud_wire::response_headers::would_be_refused(text);
    Ok(())
}
