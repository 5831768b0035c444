//! Calls of AWS's protocols, as bytes: signed by the SDK's own signer, or not.

use std::fmt::Write as _;
use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;

use super::Started;

/// A call and its document.
pub struct Asked {
    pub service: &'static str,
    pub path: &'static str,
    /// Nothing where the protocol has none.
    pub target: &'static str,
    pub content: &'static str,
    pub body: String,
}

impl Asked {
    fn head(&self, to: &Started) -> String {
        let (length, host) = (self.body.len(), to.cloud_address());
        let mut head = format!(
            "POST {} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-type: {}\r\ncontent-length: {length}\r\n",
            self.path, self.content
        );
        if !self.target.is_empty() {
            let _ = write!(head, "x-amz-target: {}\r\n", self.target);
        }
        head
    }

    /// The request without a signature.
    pub fn unsigned(&self, to: &Started) -> Vec<u8> {
        format!("{}\r\n{}", self.head(to), self.body).into_bytes()
    }

    /// The request, signed by the receiver's own key.
    pub fn signed(&self, to: &Started) -> Vec<u8> {
        self.signed_by(to, to)
    }

    /// The request to one cloud, signed by another's key.
    #[allow(clippy::disallowed_methods, reason = "the program that verifies it has the machine's clock")]
    pub fn signed_by(&self, of: &Started, to: &Started) -> Vec<u8> {
        let ready = |name: &str| of.ready[name].as_str().unwrap().to_owned();
        let key =
            Credentials::new(ready("access_key_id"), ready("secret_access_key"), None, None, "test").into();
        let params = v4::SigningParams::builder()
            .identity(&key)
            .region("us-east-1")
            .name(self.service)
            .time(SystemTime::now())
            .settings(SigningSettings::default())
            .build()
            .unwrap()
            .into();
        let host = to.cloud_address();
        let uri = format!("http://{host}{}", self.path);
        let target = Some(("x-amz-target", self.target)).filter(|(_, target)| !target.is_empty());
        let headers = [("host", host.as_str()), ("content-type", self.content)].into_iter().chain(target);
        let body = SignableBody::Bytes(self.body.as_bytes());
        let signable = SignableRequest::new("POST", &uri, headers, body).unwrap();
        let (instructions, _) = sign(signable, &params).unwrap().into_parts();
        let mut head = self.head(to);
        for (name, value) in instructions.headers() {
            let _ = write!(head, "{name}: {value}\r\n");
        }
        format!("{head}\r\n{}", self.body).into_bytes()
    }
}
