//! What is asked of SNS without a signature: the addresses in confirmations and notifications.

use std::net::IpAddr;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use cloud_core::{AwsError, Context, RequestId};
use cloud_wire::{Body, PublicFront};
use http::request::Parts;
use http::{Method, Request, Response, StatusCode};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::names;
use crate::open::Sns;
use crate::ops::{confirm_subscription, unsubscribe};
use crate::signing;

/// Where they begin, on the endpoint's own hosts.
const PATH: &str = "/_aws/sns/";

fn base(context: &Context) -> String {
    let base = context.endpoint().unwrap_or("http://localhost").trim_end_matches('/').to_owned();
    format!("{base}{PATH}")
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

/// Where a subscription is confirmed.
pub(crate) fn confirm(context: &Context, topic: &str, token: &str) -> String {
    format!(
        "{}?Action=ConfirmSubscription&TopicArn={}&Token={}",
        base(context),
        encoded(topic),
        encoded(token)
    )
}

/// Where a subscription is ended.
pub(crate) fn unsubscribe(context: &Context, subscription: &str) -> String {
    format!("{}?Action=Unsubscribe&SubscriptionArn={}", base(context), encoded(subscription))
}

/// The front that answers there.
pub(crate) struct Addresses(pub(crate) Arc<Sns>);

impl Sns {
    /// What answers requests without a signature.
    pub fn front(self: &Arc<Self>) -> Arc<dyn PublicFront> {
        Arc::new(Addresses(Arc::clone(self)))
    }
}

fn parameter(parts: &Parts, name: &str) -> String {
    let query = parts.uri.query().unwrap_or_default();
    let found = url::form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name);
    found.map(|(_, value)| value.into_owned()).unwrap_or_default()
}

#[async_trait]
impl PublicFront for Addresses {
    fn claims_host(&self, _: &str) -> bool {
        false
    }

    fn claims_path(&self, path: &str) -> bool {
        path.starts_with(PATH) || signing::is_certificate(path)
    }

    fn has(&self, request: &Parts) -> bool {
        if signing::is_certificate(request.uri.path()) {
            return true;
        }
        let arns = ["TopicArn", "SubscriptionArn"].map(|name| parameter(request, name));
        let is_ours =
            |arn: &String| arn.parse::<cloud_core::Arn>().is_ok_and(|arn| arn.is_of(self.0.context.realm()));
        arns.iter().any(is_ours)
    }

    async fn answer(&self, request: Request<Body>, _: Option<IpAddr>, id: &RequestId) -> Response<Body> {
        let (parts, _) = request.into_parts();
        if parts.method != Method::GET && parts.method != Method::POST {
            return page(StatusCode::METHOD_NOT_ALLOWED, "Only GET and POST.\n".to_owned());
        }
        if signing::is_certificate(parts.uri.path()) {
            return self.certificate(parts.uri.path()).await;
        }
        let done = match parameter(&parts, "Action").as_str() {
            "ConfirmSubscription" => self.confirm(&parts).await,
            "Unsubscribe" => self.unsubscribe(&parts).await,
            _ => Err(AwsError::new("InvalidAction", "Action is neither ConfirmSubscription nor Unsubscribe")
                .status(400)),
        };
        match done {
            Ok((action, result)) => page(
                StatusCode::OK,
                format!(
                    "<{action}Response xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\">{result}<ResponseMetadata><RequestId>{id}</RequestId></ResponseMetadata></{action}Response>"
                ),
            ),
            Err(error) => {
                let status = StatusCode::from_u16(error.http_status()).unwrap_or(StatusCode::BAD_REQUEST);
                let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
                page(
                    status,
                    format!(
                        "<ErrorResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><Error><Type>Sender</Type><Code>{}</Code><Message>{}</Message></Error><RequestId>{id}</RequestId></ErrorResponse>",
                        escape(error.code()),
                        escape(error.message())
                    ),
                )
            }
        }
    }
}

impl Addresses {
    // AWS: whoever was sent a message may have the certificate, and says who he is to nobody. It holds nothing that is secret.
    async fn certificate(&self, path: &str) -> Response<Body> {
        match self.0.signer.certificate(path).await {
            Ok(Some(pem)) => answer(StatusCode::OK, pem, "application/x-pem-file"),
            Ok(None) => page(StatusCode::NOT_FOUND, "There is no such certificate.\n".to_owned()),
            Err(error) => page(StatusCode::INTERNAL_SERVER_ERROR, format!("{}\n", error.message())),
        }
    }

    async fn confirm(&self, parts: &Parts) -> Result<(&'static str, String), AwsError> {
        let name = names::topic(&self.0.context, "TopicArn", &parameter(parts, "TopicArn"))?;
        let arn = confirm_subscription::confirm(&self.0, name, parameter(parts, "Token"), None).await?;
        let result = format!(
            "<ConfirmSubscriptionResult><SubscriptionArn>{arn}</SubscriptionArn></ConfirmSubscriptionResult>"
        );
        Ok(("ConfirmSubscription", result))
    }

    async fn unsubscribe(&self, parts: &Parts) -> Result<(&'static str, String), AwsError> {
        let key = names::subscription(&self.0.context, &parameter(parts, "SubscriptionArn"))?;
        unsubscribe::remove(&self.0, key, false).await?;
        Ok(("Unsubscribe", String::new()))
    }
}

fn page(status: StatusCode, text: String) -> Response<Body> {
    answer(status, text, "text/xml")
}

fn answer(status: StatusCode, text: String, kind: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(Bytes::from(text)));
    *response.status_mut() = status;
    response.headers_mut().insert(http::header::CONTENT_TYPE, http::HeaderValue::from_static(kind));
    response
}
