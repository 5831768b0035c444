//! The many ways to name a function: by name, by account and name, by ARN, each with or without a qualifier.

pub(crate) mod layer;

use cloud_core::{AccountId, Arn, AwsError, Context};

use crate::SERVICE;
use crate::shapes::Code;
pub(crate) use layer::{LayerName, LayerVersionName};

/// The version that changes.
pub(crate) const LATEST: &str = "$LATEST";

/// A function and, perhaps, one of its versions or aliases.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct FunctionName {
    pub(crate) name: String,
    pub(crate) qualifier: Option<String>,
}

impl FunctionName {
    /// Reads the `FunctionName` member and the `Qualifier` beside it. A function of another account or region is not
    /// found, whatever its name.
    // AWS: `MyFunction`, `123456789012:MyFunction`, `123456789012:function:MyFunction`, the ARN; each with `:qualifier`.
    pub(crate) fn parse(context: &Context, text: &str, qualifier: Option<&str>) -> Result<Self, AwsError> {
        let parts = Parts::of(text).ok_or_else(|| not_found(text))?;
        parts.expect_here(context, text)?;
        let (name, inner) = (parts.name, parts.qualifier);
        let qualifier = match (inner, qualifier) {
            (Some(inner), Some(outer)) if inner != outer => {
                return Err(Code::InvalidParameterValueException.error(
                    "The derived qualifier from the function name does not match the specified qualifier.",
                ));
            }
            (inner, outer) => inner.or(outer),
        };
        Ok(Self { name: name.to_owned(), qualifier: qualifier.map(str::to_owned) })
    }

    /// A name that takes no qualifier but that of what changes: for operations on the function as a whole, which would
    /// else change another version than they were asked to.
    // LIMIT: the text is ours.
    pub(crate) fn unqualified(context: &Context, text: &str) -> Result<String, AwsError> {
        let name = Self::parse(context, text, None)?;
        if name.qualifier() == LATEST {
            return Ok(name.name);
        }
        let message = format!(
            "This operation is on the function as a whole, not on {}: leave the qualifier out of the function's name.",
            name.arn(context)
        );
        Err(Code::InvalidParameterValueException.error(message))
    }

    /// The qualifier, `$LATEST` where there is none.
    pub(crate) fn qualifier(&self) -> &str {
        self.qualifier.as_deref().unwrap_or(LATEST)
    }

    /// The ARN, with the qualifier if there is one.
    pub(crate) fn arn(&self, context: &Context) -> String {
        match &self.qualifier {
            Some(qualifier) => format!("{}:{qualifier}", function_arn(context, &self.name)),
            None => function_arn(context, &self.name).to_string(),
        }
    }

    /// That there is no such function.
    pub(crate) fn not_found(&self, context: &Context) -> AwsError {
        not_found(&self.arn(context))
    }
}

/// The ARN without a qualifier.
pub(crate) fn function_arn(context: &Context, name: &str) -> Arn {
    context.arn(SERVICE, format!("function:{name}"))
}

/// What stands before a mapping's id in its ARN.
const MAPPING: &str = "event-source-mapping:";

/// The ARN of an event source mapping.
pub(crate) fn mapping_arn(context: &Context, uuid: &str) -> Arn {
    context.arn(SERVICE, format!("{MAPPING}{uuid}"))
}

/// The id of the mapping that an ARN names, of this account and region.
pub(crate) fn mapping_uuid<'a>(context: &Context, arn: &'a str) -> Option<&'a str> {
    let before = mapping_arn(context, "");
    arn.strip_prefix(before.as_str())
}

fn not_found(arn: &str) -> AwsError {
    Code::ResourceNotFoundException.error(format!("Function not found: {arn}"))
}

/// What a text says of a function, each part where it is given.
struct Parts<'a> {
    region: Option<&'a str>,
    account: Option<&'a str>,
    name: &'a str,
    qualifier: Option<&'a str>,
}

impl<'a> Parts<'a> {
    // AWS: the pattern of function names: each part is optional but the name, in this order.
    fn of(text: &'a str) -> Option<Self> {
        let mut rest = text;
        if let Some(after) = text.strip_prefix("arn:") {
            rest = after.split_once(':')?.1.strip_prefix(SERVICE)?.strip_prefix(':')?;
        }
        let region = take(&mut rest, is_region);
        let account = take(&mut rest, AccountId::is_one);
        take(&mut rest, |part| part == "function");
        let (name, qualifier) = rest.split_once(':').map_or((rest, None), |(name, q)| (name, Some(q)));
        let plain = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
        let whole = plain && !qualifier.is_some_and(|q| q.is_empty() || q.contains(':'));
        whole.then_some(Self { region, account, name, qualifier })
    }

    /// Fails unless the function can be of this cloud.
    fn expect_here(&self, context: &Context, text: &str) -> Result<(), AwsError> {
        let here = context.region().as_str();
        if let Some(region) = self.region.filter(|region| *region != here) {
            let message = format!("Functions from '{region}' are not reachable in this region ('{here}')");
            return Err(Code::ResourceNotFoundException.error(message));
        }
        if let Some(account) = self.account.filter(|account| *account != context.account().as_str()) {
            // AWS: whether the other account has such a function is not told.
            let message = format!("No resource-based policy of account {account} allows access to {text}");
            return Err(AwsError::access_denied(message));
        }
        Ok(())
    }
}

/// The part up to the next colon, where there is one and the part is what is looked for.
fn take<'a>(rest: &mut &'a str, fits: impl FnOnce(&str) -> bool) -> Option<&'a str> {
    let (part, after) = rest.split_once(':')?;
    if !fits(part) {
        return None;
    }
    *rest = after;
    Some(part)
}

/// `us-east-1`, `us-gov-west-1`.
fn is_region(text: &str) -> bool {
    let mut parts = text.split('-');
    let ends = text
        .rsplit('-')
        .next()
        .is_some_and(|last| last.len() == 1 && last.bytes().all(|b| b.is_ascii_digit()));
    ends && (3..=5).contains(&text.split('-').count())
        && parts.all(|part| {
            !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, qualifier: Option<&str>, expected: Result<(&str, Option<&str>), &str>) {
        let (context, _) = Context::for_test("/nowhere");
        let parsed = FunctionName::parse(&context, text, qualifier);
        let seen = parsed.as_ref().map(|f| (f.name.as_str(), f.qualifier.as_deref())).map_err(AwsError::code);
        assert_eq!(seen, expected, "{text}");
    }

    #[test]
    fn every_form_names_the_function() {
        let arn = "arn:aws:lambda:us-east-1:000000000000:function:hello";
        check("hello", None, Ok(("hello", None)));
        check("hello:1", None, Ok(("hello", Some("1"))));
        check("hello", Some("prod"), Ok(("hello", Some("prod"))));
        check("hello:prod", Some("prod"), Ok(("hello", Some("prod"))));
        check("000000000000:hello", None, Ok(("hello", None)));
        check("000000000000:function:hello:$LATEST", None, Ok(("hello", Some("$LATEST"))));
        check("function:hello", None, Ok(("hello", None)));
        check("us-east-1:000000000000:function:hello:7", None, Ok(("hello", Some("7"))));
        check("us-east-1:hello", None, Ok(("hello", None)));
        check("us-east-1", None, Ok(("us-east-1", None)));
        check("000000000000", None, Ok(("000000000000", None)));
        check("arn:aws:lambda:us-east-1:000000000000:function", None, Ok(("function", None)));
        check(arn, None, Ok(("hello", None)));
        check(&format!("{arn}:7"), None, Ok(("hello", Some("7"))));
    }

    #[test]
    fn what_is_not_here_is_not_found() {
        check("hello:1", Some("2"), Err("InvalidParameterValueException"));
        for text in ["arn:aws:lambda:us-east-1:111111111111:function:hello", "111111111111:function:hello:1"]
        {
            check(text, None, Err("AccessDeniedException"));
        }
        for text in [
            "arn:aws:lambda:eu-west-1:000000000000:function:hello",
            "arn:aws:lambda:eu-west-1:111111111111:function:hello",
            "arn:aws:sqs:us-east-1:000000000000:hello",
            "../x",
            "",
            "a:b:c",
        ] {
            check(text, None, Err("ResourceNotFoundException"));
        }
    }

    #[test]
    fn what_is_done_to_a_function_is_not_done_to_a_version() {
        let (context, _) = Context::for_test("/nowhere");
        let arn = "arn:aws:lambda:us-east-1:000000000000:function:f";
        for (text, fits) in [
            ("f".to_owned(), true),
            ("f:$LATEST".to_owned(), true),
            ("f:1".to_owned(), false),
            ("f:prod".to_owned(), false),
            (arn.to_owned(), true),
            (format!("{arn}:$LATEST"), true),
            (format!("{arn}:1"), false),
            ("000000000000:function:f:prod".to_owned(), false),
        ] {
            let seen = FunctionName::unqualified(&context, &text);
            let code = seen.as_ref().map(String::as_str).map_err(AwsError::code);
            assert_eq!(code, if fits { Ok("f") } else { Err("InvalidParameterValueException") }, "{text}");
        }
    }
}
