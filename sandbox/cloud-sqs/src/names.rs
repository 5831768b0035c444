//! Names of queues, in requests, URLs and ARNs.

use cloud_core::{AccountId, Arn, AwsError, Caller, Context};

use crate::error::{no_queue, wrong};
use crate::shapes::Code;

/// AWS: "up to 80 characters", those of a FIFO queue's ending counted.
const LONGEST: usize = 80;
/// The longest URL that is read.
const LONGEST_URL: usize = 2048;
/// How names of FIFO queues end.
pub(crate) const FIFO: &str = ".fifo";

/// A name that a new queue may have.
pub(crate) fn check_new(name: &str, is_fifo: bool) -> Result<(), AwsError> {
    let (plain, is_right) = match name.strip_suffix(FIFO) {
        Some(plain) => (plain, is_fifo),
        None => (name, !is_fifo),
    };
    if is_right && is_name(plain) && name.len() <= LONGEST {
        return Ok(());
    }
    Err(wrong(if is_fifo {
        "The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with .fifo suffix and be 1 to 80 in length."
    } else {
        "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length"
    }))
}

fn is_name(plain: &str) -> bool {
    (1..=LONGEST).contains(&plain.len())
        && plain.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

/// Whether a name is one that a queue could have.
fn could_be(name: &str) -> bool {
    name.len() <= LONGEST && is_name(name.strip_suffix(FIFO).unwrap_or(name))
}

/// The account and the name that a queue's URL says; the account is left out where it is a name alone.
pub(crate) fn split_url(url: &str) -> Option<(Option<&str>, &str)> {
    if url.len() > LONGEST_URL {
        return None;
    }
    let path = match url.split_once("://") {
        Some((_, rest)) => rest.split_once('/')?.1,
        None => url.trim_start_matches('/'),
    };
    match path.trim_end_matches('/').split_once('/') {
        Some((account, name)) if AccountId::is_one(account) && could_be(name) => Some((Some(account), name)),
        None if could_be(path) => Some((None, path)),
        _ => None,
    }
}

/// The name of the queue that a URL means, of this account.
pub(crate) fn of_url(context: &Context, url: &str) -> Result<String, AwsError> {
    let (account, name) = split_url(url).ok_or_else(|| {
        let shown: String = url.chars().take(200).collect();
        Code::InvalidAddress.error(format!("The address {shown} is not valid for this endpoint."))
    })?;
    // One of another account that may be used from here is asked for there.
    if account.is_some_and(|account| account != context.account().as_str()) {
        return Err(no_queue());
    }
    Ok(name.to_owned())
}

/// The name of the queue that an ARN means, of this account and region.
pub(crate) fn of_arn(context: &Context, arn: &Arn) -> Option<String> {
    let is_ours = arn.service() == "sqs" && arn.is_of(context.realm());
    (is_ours && could_be(arn.resource())).then(|| arn.resource().to_owned())
}

/// A queue's ARN.
pub(crate) fn arn(context: &Context, name: &str) -> String {
    context.arn("sqs", name).to_string()
}

/// A queue's URL, at the host that a request named.
pub(crate) fn url(context: &Context, caller: &Caller, name: &str) -> String {
    let base = caller.reached_at.as_ref().map(|host| format!("http://{host}"));
    url_at(context, base, name)
}

/// The same where no request named one.
pub(crate) fn own_url(context: &Context, name: &str) -> String {
    url_at(context, None, name)
}

fn url_at(context: &Context, base: Option<String>, name: &str) -> String {
    let base = base.or_else(|| context.endpoint().map(str::to_owned));
    let base = base.unwrap_or_else(|| "http://localhost".to_owned());
    format!("{}/{}/{name}", base.trim_end_matches('/'), context.account())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_their_kind() {
        let long = "x".repeat(75);
        for (name, is_fifo, allowed) in [
            ("q", false, true),
            ("a-B_9", false, true),
            (&*"x".repeat(80), false, true),
            (&*"x".repeat(81), false, false),
            ("", false, false),
            ("a.b", false, false),
            ("q.fifo", false, false),
            ("q.fifo", true, true),
            (".fifo", true, false),
            ("q", true, false),
            (&*format!("{long}.fifo"), true, true),
            (&*format!("{long}x.fifo"), true, false),
        ] {
            assert_eq!(check_new(name, is_fifo).is_ok(), allowed, "{name} {is_fifo}");
        }
    }

    #[test]
    fn urls_are_read_whatever_their_host() {
        let own = Some((Some("000000000000"), "q"));
        for (url, expected) in [
            ("http://localhost:4566/000000000000/q", own),
            ("https://sqs.eu-west-1.amazonaws.com/000000000000/q/", own),
            ("/000000000000/q", own),
            ("q.fifo", Some((None, "q.fifo"))),
            ("http://localhost:4566/q", Some((None, "q"))),
            ("http://localhost:4566", None),
            ("http://localhost/0/q", None),
            ("http://localhost/000000000000/q/r", None),
            ("http://localhost/000000000000/q?x", None),
            ("", None),
            (&"x".repeat(3000), None),
        ] {
            assert_eq!(split_url(url), expected, "{url}");
        }
    }
}
