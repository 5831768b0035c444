//! Tokens of pages: sealed where an answer leaves, opened where a request comes, so that services see plain positions.
//!
//! A token is bound to its list: the operation, the account and region, and all of the request that is not said of one
//! page alone. One of another list is refused in the service's words. It is no secret and grants nothing: whoever makes
//! one up names a place in a list that is his to read anyway.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use cloud_core::{AwsError, Realm};
use sha2::{Digest, Sha256};

use crate::model::{Operation, Paging, ServiceModel};
use crate::value::Value;

/// How much of the digest is in a token.
const SEAL: usize = 12;

/// The list that a request asks for a page of.
#[derive(Debug)]
pub(crate) struct Listing {
    paging: Paging,
    /// The digest of what names the list.
    list: Sha256,
    /// The token as it came, and the position that it stands for.
    token: Option<(String, String)>,
}

impl Listing {
    /// Opens the token of a request and takes it out. None for an operation without pages.
    pub(crate) fn open(
        model: &ServiceModel,
        operation: &Operation,
        realm: &Realm,
        input: &mut Value,
    ) -> Result<Option<Self>, AwsError> {
        let Some(paging) = operation.paging else { return Ok(None) };
        let mut list = Sha256::new();
        feed(&mut list, realm.account.as_str().as_bytes());
        feed(&mut list, realm.region.as_str().as_bytes());
        feed(&mut list, model.id.as_bytes());
        feed(&mut list, operation.name.as_bytes());
        let Value::Structure(values) = input else { return Ok(None) };
        let mut token = None;
        for (member, value) in operation.input.members().iter().zip(values) {
            if member.name == paging.input {
                token = Some(value);
            } else if !paging.apart.contains(&member.name) && !value.is_null() {
                feed(&mut list, member.name.as_bytes());
                digest(&mut list, value);
            }
        }
        let mut listing = Self { paging, list, token: None };
        if let Some(Value::String(text)) = token.map(std::mem::take) {
            let position = listing.position(&text).ok_or_else(|| model.wrong_token.error(&[]))?;
            listing.token = Some((text, position));
        }
        Ok(Some(listing))
    }

    /// Puts the position where the token was. It is our own, so that no constraint on tokens is for it.
    pub(crate) fn begin(self, operation: &Operation, input: &mut Value) -> Self {
        if let (Some((_, position)), Value::Structure(values)) = (&self.token, input) {
            let mut members = operation.input.members().iter().zip(values);
            if let Some((_, value)) = members.find(|(member, _)| member.name == self.paging.input) {
                *value = Value::String(position.clone());
            }
        }
        self
    }

    /// Seals the position of the next page in an answer, and says again the token that was given.
    pub(crate) fn seal(&self, operation: &Operation, output: &mut Value) {
        let Value::Structure(values) = output else { return };
        for (member, value) in operation.output.members().iter().zip(values) {
            let Value::String(text) = value else { continue };
            if member.name == self.paging.output {
                *text = self.sealed(text);
            } else if member.name == self.paging.input
                && let Some((token, _)) = &self.token
            {
                text.clone_from(token);
            }
        }
    }

    fn sealed(&self, position: &str) -> String {
        let mut bytes = self.of(position).to_vec();
        bytes.extend_from_slice(position.as_bytes());
        BASE64.encode(bytes)
    }

    fn position(&self, token: &str) -> Option<String> {
        let mut bytes = BASE64.decode(token).ok()?;
        if bytes.len() < SEAL {
            return None;
        }
        let position = String::from_utf8(bytes.split_off(SEAL)).ok()?;
        (bytes == self.of(&position)).then_some(position)
    }

    fn of(&self, position: &str) -> [u8; SEAL] {
        let mut list = self.list.clone();
        feed(&mut list, position.as_bytes());
        let mut seal = [0; SEAL];
        seal.iter_mut().zip(list.finalize()).for_each(|(byte, digest)| *byte = digest);
        seal
    }
}

fn feed(list: &mut Sha256, bytes: &[u8]) {
    list.update((bytes.len() as u64).to_le_bytes());
    list.update(bytes);
}

/// Digests a value, of a map whatever its order.
fn digest(list: &mut Sha256, value: &Value) {
    match value {
        // What a list is asked by holds none of these.
        Value::Null | Value::Body(_) | Value::Events(_) => feed(list, b""),
        Value::Boolean(truth) => feed(list, &[u8::from(*truth)]),
        Value::Integer(number) => feed(list, &number.to_le_bytes()),
        Value::Float(number) => feed(list, &number.to_le_bytes()),
        Value::String(text) => feed(list, text.as_bytes()),
        Value::Blob(bytes) => feed(list, bytes),
        Value::Timestamp(moment) => feed(list, &moment.as_nanosecond().to_le_bytes()),
        Value::Document(json) => feed(list, json.to_string().as_bytes()),
        Value::List(values) | Value::Structure(values) => {
            feed(list, &values.len().to_le_bytes());
            for value in values {
                digest(list, value);
            }
        }
        Value::Map(entries) => {
            let mut entries: Vec<_> = entries.iter().collect();
            entries.sort_by(|(one, _), (other, _)| one.cmp(other));
            feed(list, &entries.len().to_le_bytes());
            for (key, value) in entries {
                feed(list, key.as_bytes());
                digest(list, value);
            }
        }
        Value::Variant(place, value) => {
            feed(list, &place.to_le_bytes());
            digest(list, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use cloud_core::{AccountId, Region};

    use super::*;
    use crate::Refusal;
    use crate::schema::{Member, Schema};

    static TEXT: Schema = Schema::string("Text");
    static COUNT: Schema = Schema::integer("Count");
    static TAGS: Schema = Schema::map("Tags", &TEXT, &TEXT);
    static INPUT: Schema = Schema::structure(
        "Input",
        &[
            Member::new("Prefix", &TEXT),
            Member::new("Most", &COUNT),
            Member::new("Token", &TEXT),
            Member::new("Tags", &TAGS),
        ],
    );
    static OUTPUT: Schema =
        Schema::structure("Output", &[Member::new("Token", &TEXT), Member::new("NextToken", &TEXT)]);
    const LIST: Operation =
        Operation::new("ListThings", "POST", "/", &INPUT, &OUTPUT).pages("Token", "NextToken", &["Most"]);
    const MODEL: ServiceModel = ServiceModel {
        id: "things",
        signing_name: "things",
        endpoint_prefix: "things",
        protocol: crate::Protocol::RestJson,
        also: &[],
        query_compatible: false,
        target_prefix: "",
        api_version: "",
        xml_namespace: "",
        validation_code: "",
        names_input: false,
        operations: &[],
        errors: &[],
        selectors: &[],
        wrong_token: Refusal("Wrong", 400, "no"),
        wrong_union: ServiceModel::WRONG_UNION,
    };

    fn text(text: &str) -> Value {
        Value::String(text.to_owned())
    }

    fn ask(prefix: &str, most: i64, token: Option<&str>, tags: &[&str]) -> Value {
        let tags = tags.iter().map(|key| ((*key).to_owned(), text("x"))).collect();
        let token = token.map_or(Value::Null, text);
        Value::Structure(vec![text(prefix), Value::Integer(most), token, Value::Map(tags)])
    }

    fn opened(
        operation: &Operation,
        realm: &Realm,
        mut input: Value,
    ) -> Result<(Listing, Option<String>), String> {
        let listing = Listing::open(&MODEL, operation, realm, &mut input);
        let listing = listing.map_err(|error| error.code().to_owned())?.unwrap().begin(operation, &mut input);
        let position = input.members().get(2).and_then(Value::as_str).map(str::to_owned);
        Ok((listing, position))
    }

    #[test]
    fn a_token_goes_on_in_its_own_list_alone() {
        let realm = |region: &str| Realm::new(AccountId::default(), Region::new(region));
        let here = realm("us-east-1");
        let (listing, position) = opened(&LIST, &here, ask("a", 2, None, &["x", "y"])).unwrap();
        assert_eq!(position, None);
        let mut output = Value::Structure(vec![Value::Null, text("käse")]);
        listing.seal(&LIST, &mut output);
        let token = output.members()[1].as_str().unwrap().to_owned();
        assert!(!token.contains("se"), "{token}");

        // Of the same list, whatever the size of the page and the order of a map.
        let next = |tags| ask("a", 100, Some(&token), tags);
        let (listing, position) = opened(&LIST, &here, next(&["y", "x"])).unwrap();
        assert_eq!(position.as_deref(), Some("käse"));
        let mut output = Value::Structure(vec![text("käse"), Value::Null]);
        listing.seal(&LIST, &mut output);
        assert_eq!(output.members()[0].as_str(), Some(token.as_str()), "the token is said again as it came");

        // Of none other.
        let refused = |operation, realm: &Realm, input| {
            assert_eq!(opened(operation, realm, input).unwrap_err(), "Wrong");
        };
        let other = Operation { name: "ListOthers", ..LIST };
        refused(&LIST, &here, next(&["x"]));
        refused(&LIST, &here, ask("b", 2, Some(&token), &["x", "y"]));
        refused(&LIST, &realm("eu-west-1"), next(&["x", "y"]));
        refused(&other, &here, next(&["x", "y"]));
        for token in ["", "käse", "a2FlcGU", &token[1..], &format!("{token}AA")] {
            refused(&LIST, &here, ask("a", 2, Some(token), &["x", "y"]));
        }
    }
}
