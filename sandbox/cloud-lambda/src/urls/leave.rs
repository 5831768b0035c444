//! What the operations on function URLs tell conditions of policies.
// AWS: "lambda:FunctionUrlAuthType … Available during CreateFunctionUrlConfig, UpdateFunctionUrlConfig,
// DeleteFunctionUrlConfig, GetFunctionUrlConfig, ListFunctionUrlConfig, AddPermission and RemovePermission operations".

use cloud_core::Access;
use cloud_wire::access::Asking;

use crate::names::FunctionName;
use crate::state::Function;

/// How those who call have to prove who they are.
pub(crate) const AUTH_TYPE: &str = "lambda:FunctionUrlAuthType";
/// The function that a URL is of.
pub(crate) const FUNCTION_ARN: &str = "lambda:FunctionArn";
/// Of the right to run a function: that it is run by its URL.
pub(crate) const VIA_URL: &str = "lambda:InvokedViaFunctionUrl";

/// Tells an access of an operation what it is about.
pub(crate) fn tell(
    asking: &Asking<'_>,
    name: &FunctionName,
    function: Option<&Function>,
    access: &mut Access,
) {
    let operation = asking.operation.name;
    let kept = match operation {
        "RemovePermission" => {
            asking.text("StatementId").and_then(|id| auth_of_statement(name, function?, id))
        }
        operation if operation.contains("FunctionUrlConfig") => auth_of_url(name, function),
        _ => return,
    };
    let asked = asking.text("AuthType").map(str::to_owned);
    access.keys.extend(asked.or(kept).map(|auth| (AUTH_TYPE.to_owned(), vec![auth])));
    if operation != "RemovePermission" {
        access.keys.push((FUNCTION_ARN.to_owned(), vec![access.resource.clone()]));
    }
}

fn auth_of_url(name: &FunctionName, function: Option<&Function>) -> Option<String> {
    let url = function?.urls.get(name.qualifier.as_deref().unwrap_or_default())?;
    Some(url.auth.to_string())
}

fn auth_of_statement(name: &FunctionName, function: &Function, id: &str) -> Option<String> {
    let statements = function.policies.get(name.qualifier.as_deref().unwrap_or_default())?;
    let statement = statements.iter().find(|statement| statement.id == id)?;
    let auth = statement.other.iter().find(|(_, key, _)| key == AUTH_TYPE);
    auth.map(|(_, _, value)| value.clone())
}
