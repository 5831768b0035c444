//! The many ways to name a function: by name, by account and name, by ARN, each with or without a qualifier.

use cloud_core::{Arn, AwsError, Context};

use crate::SERVICE;
use crate::shapes::Code;

/// The version that changes.
pub(crate) const LATEST: &str = "$LATEST";

/// A function and, perhaps, one of its versions or aliases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FunctionName {
    pub(crate) name: String,
    pub(crate) qualifier: Option<String>,
}

impl FunctionName {
    /// Reads the `FunctionName` member and the `Qualifier` beside it. A function of another account or region is not
    /// found, whatever its name.
    // AWS: `MyFunction`, `123456789012:MyFunction`, `123456789012:function:MyFunction`, the ARN; each with `:qualifier`.
    pub(crate) fn parse(context: &Context, text: &str, qualifier: Option<&str>) -> Result<Self, AwsError> {
        let (name, inner) = split(context, text).ok_or_else(|| elsewhere(context, text))?;
        let qualifier = match (inner, qualifier) {
            (Some(inner), Some(outer)) if inner != outer => {
                return Err(Code::InvalidParameterValueException
                    .error("The derived qualifier from the function name does not match the specified qualifier.")
                    .with("Type", "User"));
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
        Err(Code::InvalidParameterValueException.error(message).with("Type", "User"))
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

fn not_found(arn: &str) -> AwsError {
    Code::ResourceNotFoundException.error(format!("Function not found: {arn}")).with("Type", "User")
}

/// Why a text means no function of this cloud.
fn elsewhere(context: &Context, text: &str) -> AwsError {
    let mut parts = text.split(':');
    let (region, account) = if text.starts_with("arn:aws:lambda:") {
        (parts.nth(3).unwrap_or_default(), parts.next().unwrap_or_default())
    } else {
        (context.region().as_str(), parts.next().unwrap_or_default())
    };
    let here = context.region().as_str();
    if region != here {
        let message = format!("Functions from '{region}' are not reachable in this region ('{here}')");
        return Code::ResourceNotFoundException.error(message).with("Type", "User");
    }
    if is_account(account) && account != context.account().as_str() {
        // AWS: whether the other account has such a function is not told.
        let message = format!("No resource-based policy of account {account} allows access to {text}");
        return AwsError::access_denied(message);
    }
    not_found(text)
}

/// Name and qualifier, if the text can mean a function of this cloud.
fn split<'a>(context: &Context, text: &'a str) -> Option<(&'a str, Option<&'a str>)> {
    let mut rest = text;
    if let Some(after) = text.strip_prefix("arn:") {
        let mut parts = after.splitn(5, ':');
        let (_, service, region, account) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        if service != SERVICE || region != context.region().as_str() || account != context.account().as_str()
        {
            return None;
        }
        rest = parts.next()?;
    } else if let Some((account, after)) = text.split_once(':').filter(|(first, _)| is_account(first)) {
        if account != context.account().as_str() {
            return None;
        }
        rest = after;
    }
    let rest = rest.strip_prefix("function:").unwrap_or(rest);
    let (name, qualifier) = rest.split_once(':').map_or((rest, None), |(name, q)| (name, Some(q)));
    let plain = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
    (plain && !qualifier.is_some_and(|q| q.is_empty() || q.contains(':'))).then_some((name, qualifier))
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
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
