//! Leave for a request: asked once, when its input is read and nothing is done yet.

use cloud_core::leave::{self, Answer};
use cloud_core::{Access, AwsError, Caller, ConditionKeys, Denial, Leave, Permissions};
use http::{HeaderName, HeaderValue, Response};
use jiff::Timestamp;

use super::Open;
use crate::body::Body;
use crate::head::Head;
use crate::model::Protocol;
use crate::response_headers;
use crate::service::Service;

impl Open {
    /// Asks for leave: an error where it is not given and that counts, else what the operation goes by, and what is to be
    /// said of it.
    pub(super) async fn permit(
        &self,
        service: &dyn Service,
        protocol: Protocol,
        caller: &Caller,
        keys: &ConditionKeys,
        accesses: &[Access],
    ) -> Result<(Leave, Option<String>), AwsError> {
        let Answer { refused: denial, reported, leave } =
            leave::ask(&self.context, caller, keys, accesses).await?;
        if let Some(denial) = denial {
            return Err(service.denied(protocol, &denial));
        }
        let Some(denial) = reported else { return Ok((leave, None)) };
        let error = service.denied(protocol, &denial);
        let Denial { principal, action, resource, reason, is_barred: _ } = &denial;
        tracing::warn!(principal, action, resource, reason, "mode enforce would refuse a request");
        Ok((leave, Some(response_headers::denial(error.message()))))
    }
}

/// Leave to see what AWS has no action for: it is the account's root's. What is to be said of it where it does not count.
pub(super) fn see(what: &str, mode: Permissions, caller: &Caller) -> Result<Option<String>, AwsError> {
    let is_root = caller.arn.service() == "iam" && caller.arn.resource() == "root";
    if is_root || mode == Permissions::Off {
        return Ok(None);
    }
    let principal = caller.arn.to_string();
    let text = format!(
        "User: {principal} is not authorized to see {what} of this cloud: use the keys of the account's root"
    );
    if mode == Permissions::Enforce {
        return Err(AwsError::new("AccessDenied", text).status(403));
    }
    tracing::warn!(principal, what, "mode enforce would refuse to show this of the cloud");
    Ok(Some(text))
}

/// Says it in an answer.
pub(super) fn say(denied: Option<String>, response: &mut Response<Body>) {
    if let Some(text) = denied.and_then(|text| HeaderValue::from_str(&text).ok()) {
        response.headers_mut().insert(HeaderName::from_static(response_headers::PERMISSIONS), text);
    }
}

/// The keys that every request has.
// AWS: "AWS global condition context keys".
pub(super) fn keys(head: &Head, caller: &Caller, now: Timestamp) -> ConditionKeys {
    let mut keys: ConditionKeys = vec![
        ("aws:CurrentTime".to_owned(), vec![now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()]),
        ("aws:EpochTime".to_owned(), vec![now.as_second().to_string()]),
        ("aws:RequestedRegion".to_owned(), vec![caller.region.to_string()]),
        // LIMIT: this endpoint speaks no TLS and stands for AWS's that does: a bucket whose policy wants TLS, as CDK's
        // `enforceSSL` writes it, is used here as it is there.
        ("aws:SecureTransport".to_owned(), vec!["true".to_owned()]),
        ("aws:ViaAWSService".to_owned(), vec!["false".to_owned()]),
        ("aws:PrincipalIsAWSService".to_owned(), vec!["false".to_owned()]),
    ];
    let texts = [
        ("aws:SourceIp", head.peer.map(|address| address.to_canonical().to_string())),
        ("aws:UserAgent", head.header("user-agent").map(str::to_owned)),
        ("aws:Referer", head.header("referer").map(str::to_owned)),
    ];
    keys.extend(texts.into_iter().filter_map(|(key, text)| Some((key.to_owned(), vec![text?]))));
    keys
}

#[cfg(test)]
mod tests {
    use cloud_core::{AccountId, Region, RequestId};

    use super::*;

    #[test]
    fn the_root_watches_what_happens() {
        let root = Caller::root(&AccountId::default(), &Region::default(), RequestId::new("request"));
        let arn = "arn:aws:sts::000000000000:assumed-role/r/s".parse().unwrap();
        let session = Caller { arn, ..root.clone() };
        for (mode, code) in [
            (Permissions::Enforce, Some(("AccessDenied", 403))),
            (Permissions::Report, None),
            (Permissions::Off, None),
        ] {
            assert_eq!(see("the events", mode, &root).unwrap(), None, "{mode:?}");
            let seen = see("the events", mode, &session);
            let refused = seen.as_ref().err().map(|error| (error.code(), error.http_status()));
            assert_eq!(refused, code, "{mode:?}");
            let mut response = Response::new(Body::default());
            say(seen.unwrap_or_default(), &mut response);
            assert_eq!(
                response.headers().contains_key(response_headers::PERMISSIONS),
                mode == Permissions::Report,
                "{mode:?}"
            );
        }
    }

    #[test]
    fn a_request_counts_as_one_over_tls() {
        let caller = Caller::root(&AccountId::default(), &Region::default(), RequestId::new("request"));
        let head = Head::of(&http::Request::new(()), None).unwrap();
        let keys = keys(&head, &caller, Timestamp::UNIX_EPOCH);
        assert!(keys.contains(&("aws:SecureTransport".to_owned(), vec!["true".to_owned()])));
    }
}
