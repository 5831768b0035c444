//! Where records of what became of events go that nobody waited for: which ARNs may be named, and whether the function's role
//! may send there. What a record says is `queue/record`'s.

use cloud_core::{Access, Arn, AwsError, Context};

use crate::leave;
use crate::names::FunctionName;
use crate::ops::Origin;
use crate::shapes::{Code, DestinationConfig};

/// What takes records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Queue,
    Topic,
    Function,
    Bus,
    Bucket,
}

impl Kind {
    /// What an ARN names, if that takes records.
    // AWS: "a standard SQS queue", "a standard SNS topic", "a Lambda function", "an EventBridge event bus", "an Amazon S3 bucket".
    pub(crate) fn of(arn: &Arn) -> Option<Self> {
        match arn.service() {
            "sqs" => Some(Self::Queue),
            "sns" => Some(Self::Topic),
            "lambda" if arn.resource_type() == Some("function") => Some(Self::Function),
            "events" if arn.resource_type() == Some("event-bus") => Some(Self::Bus),
            "s3" if !arn.resource().contains(['/', ':']) => Some(Self::Bucket),
            _ => None,
        }
    }

    /// The call that sends there.
    // AWS: said of queues and topics, "… to call SendMessage on …", "… to call Publish on …".
    // LIMIT: for the others the names are those of their actions.
    fn call(self) -> &'static str {
        match self {
            Self::Queue => "SendMessage",
            Self::Topic => "Publish",
            Self::Function => "InvokeFunction",
            Self::Bus => "PutEvents",
            Self::Bucket => "PutObject",
        }
    }
}

/// Under what a bucket keeps the records of a function: "aws/lambda/async/<function-name>/YYYY/MM/DD/…".
pub(crate) fn folder(function: &str) -> String {
    format!("aws/lambda/async/{function}")
}

/// Whose destinations are to be set.
pub(crate) struct Sender<'a> {
    pub(crate) context: &'a Context,
    /// The function's name.
    pub(crate) function: &'a str,
    /// The execution role of the version that is meant.
    pub(crate) role: Option<&'a str>,
    pub(crate) origin: Origin<'a>,
}

impl Sender<'_> {
    /// Fails unless both may be destinations of the function.
    pub(crate) async fn check(&self, wanted: &DestinationConfig) -> Result<(), AwsError> {
        let given = |arn: Option<&String>| arn.filter(|arn| !arn.is_empty()).cloned();
        let success = given(wanted.on_success.as_ref().and_then(|success| success.destination.as_ref()));
        let failure = given(wanted.on_failure.as_ref().and_then(|failure| failure.destination.as_ref()));
        let kind = |arn: &str| arn.parse::<Arn>().ok().and_then(|arn| Some((Kind::of(&arn)?, arn)));
        let mut all = Vec::new();
        for (arn, is_success) in [(&failure, false), (&success, true)] {
            let Some(arn) = arn else { continue };
            match kind(arn) {
                // AWS: "S3 buckets are supported only for on-failure destinations."
                Some((kind, arn)) if kind != Kind::Bucket || !is_success => all.push((kind, arn)),
                _ => return Err(invalid(success.as_deref(), failure.as_deref())),
            }
        }
        for (kind, arn) in all {
            self.check_one(kind, &arn).await?;
        }
        Ok(())
    }

    async fn check_one(&self, kind: Kind, arn: &Arn) -> Result<(), AwsError> {
        let refused = |text: String| Err(Code::InvalidParameterValueException.error(text));
        let context = self.context;
        let own = FunctionName::parse(context, arn.as_str(), None).ok();
        if kind == Kind::Function && own.is_some_and(|own| own.name == self.function) {
            return refused("You can't specify the function as a destination for itself.".to_owned());
        }
        if matches!(self.origin, Origin::Template(_)) && !is_reachable(context, arn) {
            // Said among the remarks of the template.
            return Ok(());
        }
        let asked = match kind {
            Kind::Bucket => {
                format!("{arn}/{}/record", folder(self.function)).parse().map_err(AwsError::internal)?
            }
            _ => arn.clone(),
        };
        let Some(access) = access(context, &asked).await? else {
            return refused(format!("The destination ARN {arn} is invalid."));
        };
        let Some(role) = self.role.and_then(|role| role.parse::<Arn>().ok()) else { return Ok(()) };
        match leave::denied(context, &role, self.function, access).await? {
            None => Ok(()),
            Some(_) => refused(format!(
                "The function's execution role does not have permissions to call {} on {arn}",
                kind.call()
            )),
        }
    }
}

/// What sending there asks leave for; none where there is nothing of that name.
async fn access(context: &Context, arn: &Arn) -> Result<Option<Access>, AwsError> {
    match context.peers().access(arn).await {
        // An account or a region that nobody made.
        Err(error) if error.http_status() < 500 => Ok(None),
        found => found,
    }
}

/// Fails in mode enforce where a function's role may not send dead letters where they are to go.
pub(crate) async fn check_dead_letters(
    context: &Context,
    function: &str,
    role: Option<&str>,
    target: &str,
) -> Result<(), AwsError> {
    let (Ok(arn), Some(Ok(role))) = (target.parse::<Arn>(), role.map(str::parse)) else { return Ok(()) };
    // One that is not there is told when it is sent to.
    let Some(access) = access(context, &arn).await? else { return Ok(()) };
    let (call, service) = if arn.service() == "sns" { ("Publish", "SNS") } else { ("SendMessage", "SQS") };
    match leave::denied(context, &role, function, access).await? {
        None => Ok(()),
        Some(_) => Err(Code::InvalidParameterValueException.error(format!(
            "The provided execution role does not have permissions to call {call} on {service}"
        ))),
    }
}

/// Whether a service of this account is here that takes deliveries to that ARN.
pub(crate) fn is_reachable(context: &Context, arn: &Arn) -> bool {
    let is_own = arn.account().is_empty() || arn.account() == context.account().as_str();
    is_own && context.peers().target(arn).is_some()
}

// AWS: as the service's own language prints it.
fn invalid(success: Option<&str>, failure: Option<&str>) -> AwsError {
    let part = |name: &str, arn: Option<&str>| {
        arn.map_or_else(|| "null".to_owned(), |arn| format!("{name}(destination={arn})"))
    };
    Code::InvalidParameterValueException.error(format!(
        "The provided destination config DestinationConfig(onSuccess={}, onFailure={}) is invalid.",
        part("OnSuccess", success),
        part("OnFailure", failure)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(arn: &str, expected: Option<Kind>) {
        assert_eq!(Kind::of(&arn.parse().expect("an ARN")), expected, "{arn}");
    }

    #[test]
    fn an_arn_says_what_takes_records() {
        check("arn:aws:sqs:us-east-1:000000000000:q", Some(Kind::Queue));
        check("arn:aws:sns:us-east-1:000000000000:t", Some(Kind::Topic));
        check("arn:aws:lambda:us-east-1:000000000000:function:f:prod", Some(Kind::Function));
        check("arn:aws:lambda:us-east-1:000000000000:layer:l:1", None);
        check("arn:aws:events:us-east-1:000000000000:event-bus/default", Some(Kind::Bus));
        check("arn:aws:events:us-east-1:000000000000:rule/r", None);
        check("arn:aws:s3:::bucket", Some(Kind::Bucket));
        check("arn:aws:s3:::bucket/key", None);
        check("arn:aws:iam::000000000000:role/r", None);
    }

    #[test]
    fn what_is_wrong_is_printed_as_lambda_prints_it() {
        let text = "The provided destination config DestinationConfig(onSuccess=null, \
                    onFailure=OnFailure(destination=arn:x)) is invalid.";
        assert_eq!(invalid(None, Some("arn:x")).message(), text);
    }
}
