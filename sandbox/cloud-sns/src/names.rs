//! Names of topics and subscriptions, in requests and ARNs.

use cloud_core::{Arn, AwsError, Context};

use crate::error::{because, invalid, missing};

/// AWS: "up to 256 characters", those of a FIFO topic's ending counted.
const LONGEST: usize = 256;
/// How names of FIFO topics end.
pub(crate) const FIFO: &str = ".fifo";

/// A name that a new topic may have.
pub(crate) fn check_new(name: &str, is_fifo: bool) -> Result<(), AwsError> {
    let plain = name.strip_suffix(FIFO);
    if is_fifo != plain.is_some() || !could_be(name) {
        return Err(invalid(if is_fifo {
            "Topic Name: Fifo Topic names must end with .fifo and must be made up of only uppercase and lowercase ASCII letters, numbers, underscores, and hyphens, and must be between 1 and 256 characters long."
        } else {
            "Topic Name"
        }));
    }
    Ok(())
}

/// Whether a name is one that a topic could have.
pub(crate) fn could_be(name: &str) -> bool {
    let plain = name.strip_suffix(FIFO).unwrap_or(name);
    name.len() <= LONGEST
        && !plain.is_empty()
        && plain.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

/// A topic's ARN.
pub(crate) fn arn(context: &Context, name: &str) -> String {
    context.arn("sns", name).to_string()
}

/// An ARN that a request gives, with the words for one that is none.
fn read(parameter: &str, text: &str) -> Result<Arn, AwsError> {
    if text.is_empty() {
        return Err(missing(parameter));
    }
    let elements = text.split(':').count();
    if elements < 6 {
        return Err(because(parameter, format!("An ARN must have at least 6 elements, not {elements}")));
    }
    text.parse().map_err(|_| invalid(parameter))
}

/// The name of the topic that an ARN means, of this account and region.
pub(crate) fn topic(context: &Context, parameter: &str, text: &str) -> Result<String, AwsError> {
    let arn = read(parameter, text)?;
    // One of another account that may be used from here is asked for there.
    if arn.service() != "sns" || !arn.is_of(context.realm()) || !could_be(arn.resource()) {
        return Err(invalid(parameter));
    }
    Ok(arn.resource().to_owned())
}

/// The key of the subscription that an ARN means: its topic's name and its id.
pub(crate) fn subscription(context: &Context, text: &str) -> Result<String, AwsError> {
    let arn = read("SubscriptionArn", text)?;
    let resource = arn.resource();
    let Some((topic, id)) = resource.split_once(':') else { return Err(invalid("SubscriptionId")) };
    let is_id = id.len() == 36 && id.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    if !is_id {
        return Err(invalid("SubscriptionId"));
    }
    if arn.service() != "sns" || !arn.is_of(context.realm()) || !could_be(topic) {
        return Err(invalid("SubscriptionArn"));
    }
    Ok(resource.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_their_kind() {
        for (name, is_fifo, allowed) in [
            ("t", false, true),
            ("a-B_9", false, true),
            (&*"x".repeat(256), false, true),
            (&*"x".repeat(257), false, false),
            ("", false, false),
            ("a.b", false, false),
            ("a:b", false, false),
            ("t.fifo", false, false),
            ("t.fifo", true, true),
            (".fifo", true, false),
            ("t", true, false),
        ] {
            assert_eq!(check_new(name, is_fifo).is_ok(), allowed, "{name} {is_fifo}");
        }
    }

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let (context, _) = Context::for_test("/nowhere");
        let found = subscription(&context, text);
        assert_eq!(found.unwrap_or_else(|error| error.message().to_owned()), expected, "{text}");
    }

    #[test]
    fn arns_of_subscriptions_are_read() {
        let id = "e6cd5cf3-7f0c-4b17-ad2a-b4ba1e4b8a33";
        check(&format!("arn:aws:sns:us-east-1:000000000000:t:{id}"), &format!("t:{id}"));
        check("x", "Invalid parameter: SubscriptionArn Reason: An ARN must have at least 6 elements, not 1");
        check("", "Invalid parameter: SubscriptionArn Reason: no value for required parameter");
        check("arn:aws:sns:us-east-1:000000000000:t", "Invalid parameter: SubscriptionId");
        check("arn:aws:sns:us-east-1:000000000000:t:x", "Invalid parameter: SubscriptionId");
        check(&format!("arn:aws:sns:eu-west-1:000000000000:t:{id}"), "Invalid parameter: SubscriptionArn");
    }
}
