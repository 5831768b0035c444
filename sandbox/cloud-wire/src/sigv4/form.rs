//! The signature of a form: over its policy, in its fields.
// AWS: "Authenticating requests: browser-based uploads using POST"; the older fields are those of signature version 2.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use cloud_core::{AwsError, Credential};
use jiff::Timestamp;
use subtle::ConstantTimeEq;

use super::{ALGORITHM, Authorization, Payload, Refusal, Scope, hmac, old, parse_stamp, signing_key};
use crate::form::Form;
use crate::model::Protocol;

/// The fields that a signature of version 4 consists of.
const FIELDS: [&str; 4] = ["X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Signature"];

fn lacks(field: &str) -> AwsError {
    let message = format!(
        "Bucket POST must contain a field named '{field}'.  If it is specified, please check the order of the fields."
    );
    AwsError::new("InvalidArgument", message).with("ArgumentName", field).with("ArgumentValue", "")
}

fn bad_field(field: &str, value: &str, message: &str) -> AwsError {
    AwsError::new("InvalidArgument", message).with("ArgumentName", field).with("ArgumentValue", value)
}

impl Authorization {
    /// Who is said to have signed a form's policy, and the policy as it was signed; none of a form that proves nothing.
    pub(crate) fn of_form(form: &Form) -> Result<Option<(Self, String)>, AwsError> {
        let (new, old) = (FIELDS, ["AWSAccessKeyId", "Signature"]);
        let has = |names: &[&str]| names.iter().any(|name| form.field(name).is_some());
        let Some(policy) = form.field("policy") else {
            // AWS: without a policy a form is a stranger's.
            return if has(&new) || has(&old) { Err(lacks("policy")) } else { Ok(None) };
        };
        let of = |name: &str| form.field(name).ok_or_else(|| lacks(name));
        let authorization = if has(&new) { Self::of_new_fields(of)? } else { Self::of_old_fields(of)? };
        let session_token = form.field("x-amz-security-token").map(str::to_owned);
        Ok(Some((Self { session_token, ..authorization }, policy.to_owned())))
    }

    fn of_new_fields<'a>(of: impl Fn(&str) -> Result<&'a str, AwsError>) -> Result<Self, AwsError> {
        let [algorithm, credential, stamp, signature] = FIELDS;
        let refused = |refusal: Refusal| refusal.into_error(Protocol::RestXml);
        let given = of(algorithm)?;
        if given != ALGORITHM {
            return Err(bad_field(algorithm, given, "X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256\""));
        }
        let given = of(credential)?;
        let scope = Scope::of(given).ok_or_else(|| {
            let message = "Error parsing the X-Amz-Credential parameter; the Credential is mal-formed; expecting \
                           \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".";
            bad_field(credential, given, message)
        })?;
        let text = of(stamp)?;
        parse_stamp(text)
            .ok_or_else(|| bad_field(stamp, text, "X-Amz-Date must be formated via ISO8601 Long format"))?;
        let bytes = hex::decode(of(signature)?).map_err(|_| refused(Refusal::mismatch()))?;
        Ok(Self {
            stamp: text.to_owned(),
            ..Self::of_policy(scope.key, (scope.region, scope.service, scope.date), bytes)
        })
    }

    fn of_old_fields<'a>(of: impl Fn(&str) -> Result<&'a str, AwsError>) -> Result<Self, AwsError> {
        let key = of("AWSAccessKeyId")?;
        let refused = |_| Refusal::mismatch().into_error(Protocol::RestXml);
        let signature = BASE64.decode(of("Signature")?).map_err(refused)?;
        Ok(Self::of_policy(key, ("us-east-1", "s3", ""), signature))
    }

    fn of_policy(key: &str, (region, service, date): (&str, &str, &str), signature: Vec<u8>) -> Self {
        Self {
            access_key_id: key.to_owned(),
            region: region.to_owned(),
            service: service.to_owned(),
            session_token: None,
            payload: Payload::Unsigned,
            date: date.to_owned(),
            stamp: String::new(),
            // The policy alone says how long it lives.
            time: Timestamp::MAX,
            expires: Some(0),
            old_expires: Some(String::new()),
            signed_headers: Vec::new(),
            signature,
        }
    }

    /// Verifies the signature of a form's policy.
    pub(crate) fn verify_policy(&self, credential: &Credential, policy: &str) -> Result<(), Refusal> {
        let (expected, provided) = if self.date.is_empty() {
            (old::signature(policy, credential), BASE64.encode(&self.signature))
        } else {
            let key = signing_key(credential.secret.expose(), &self.date, &self.region, &self.service);
            (hmac(&key, policy.as_bytes()).to_vec(), hex::encode(&self.signature))
        };
        if bool::from(expected.ct_eq(&self.signature)) {
            return Ok(());
        }
        Err(self.differs(provided, policy.to_owned(), None))
    }
}
