//! Tokens of pages: sealed where an answer leaves, opened where a request comes, so that services see plain positions.
//!
//! A token is bound to its list: the operation, the account and region, and all of the request that is not said of one
//! page alone. One of another list is refused in the service's words. It is no secret and grants nothing: whoever makes
//! one up names a place in a list that is his to read anyway.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use cloud_core::{AwsError, Realm};
use sha2::{Digest, Sha256};

use crate::input::Input;
use crate::model::{Operation, Paging, ServiceModel};
use crate::shape::{Given, Shape};
use crate::value::{self, Value};

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
        input: &mut Input,
    ) -> Result<Option<Self>, AwsError> {
        let Some(paging) = operation.paging else { return Ok(None) };
        let mut list = Sha256::new();
        feed(&mut list, realm.account.as_str().as_bytes());
        feed(&mut list, realm.region.as_str().as_bytes());
        feed(&mut list, model.id.as_bytes());
        feed(&mut list, operation.name.as_bytes());
        let mut token = None;
        for ((place, member), value) in operation.input.members().iter().enumerate().zip(input.members()) {
            if member.name == paging.input {
                token = value.as_str().map(|text| (place, text.to_owned()));
            } else if !paging.apart.contains(&member.name) && !value.is_null() {
                feed(&mut list, member.name.as_bytes());
                digest(&mut list, value);
            }
        }
        let mut listing = Self { paging, list, token: None };
        if let Some((place, text)) = token {
            input.clear(place);
            let position = listing.position(&text).ok_or_else(|| model.wrong_token.error(&[]))?;
            listing.token = Some((text, position));
        }
        Ok(Some(listing))
    }

    /// Puts the position where the token was. It is our own, so that no constraint on tokens is for it.
    pub(crate) fn begin(self, operation: &Operation, input: &mut Input) -> Self {
        let place = operation.input.members().iter().position(|member| member.name == self.paging.input);
        if let (Some((_, position)), Some(place)) = (&self.token, place) {
            input.say(place, position.clone());
        }
        self
    }

    /// Seals the position of the next page in an answer, and says again the token that was given.
    pub(crate) fn seal(&self, operation: &Operation, output: &mut dyn Shape) {
        for (place, member) in operation.output.members().iter().enumerate() {
            if member.name != self.paging.output && member.name != self.paging.input {
                continue;
            }
            let Some(value) = output.member(place) else { continue };
            let Some(text) = value.value().as_str() else { continue };
            let said = match &self.token {
                _ if member.name == self.paging.output => self.sealed(text),
                Some((token, _)) => token.clone(),
                None => continue,
            };
            // It was a text.
            value.set(Given::Text(said.into())).unwrap_or_default();
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

/// Digests a value; a map's entries in the order of their keys, whatever that of the request is.
fn digest(list: &mut Sha256, value: Value<'_>) {
    match value {
        // What a list is asked by holds none of these.
        Value::Null | Value::Body | Value::Events => feed(list, b""),
        Value::Boolean(truth) => feed(list, &[u8::from(truth)]),
        Value::Integer(number) => feed(list, &number.to_le_bytes()),
        Value::Float(number) => feed(list, &number.to_le_bytes()),
        Value::String(text) => feed(list, text.as_bytes()),
        Value::Blob(bytes) => feed(list, bytes),
        Value::Timestamp(moment) => feed(list, &moment.as_nanosecond().to_le_bytes()),
        Value::Document(json) => feed(list, json.to_string().as_bytes()),
        Value::List(values) | Value::Structure(values) => {
            feed(list, &values.count().to_le_bytes());
            for value in value::all(values) {
                digest(list, value);
            }
        }
        Value::Map(entries) => {
            feed(list, &entries.count().to_le_bytes());
            for (key, value) in entries.all() {
                feed(list, key.as_bytes());
                digest(list, value);
            }
        }
        Value::Variant(place, shape) => {
            feed(list, &place.to_le_bytes());
            digest(list, shape.value());
        }
    }
}

#[cfg(test)]
#[allow(unreachable_pub, reason = "the macros make public items")]
mod tests {
    use std::collections::BTreeMap;

    use cloud_core::{AccountId, Region};

    use super::*;
    use crate::Refusal;
    use crate::schema::{Member, Schema};

    static TEXT: Schema = Schema::string("Text");
    static COUNT: Schema = Schema::integer("Count");
    static TAGS: Schema = Schema::map("Tags", &TEXT, &TEXT);

    crate::structure! {
        pub struct Asked as INPUT {
            prefix: Option<String> = Member::new("Prefix", &TEXT),
            most: Option<i64> = Member::new("Most", &COUNT),
            token: Option<String> = Member::new("Token", &TEXT),
            tags: Option<BTreeMap<String, String>> = Member::new("Tags", &TAGS),
        }
        pub struct Answer as OUTPUT {
            token: Option<String> = Member::new("Token", &TEXT),
            next_token: Option<String> = Member::new("NextToken", &TEXT),
        }
    }

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

    fn ask(prefix: &str, most: i64, token: Option<&str>, tags: &[&str]) -> Input {
        let tags = tags.iter().map(|key| ((*key).to_owned(), "x".to_owned())).collect();
        Input::new(Asked {
            prefix: Some(prefix.to_owned()),
            most: Some(most),
            token: token.map(str::to_owned),
            tags: Some(tags),
        })
    }

    fn opened(
        operation: &Operation,
        realm: &Realm,
        mut input: Input,
    ) -> Result<(Listing, Option<String>), String> {
        let listing = Listing::open(&MODEL, operation, realm, &mut input);
        let listing = listing.map_err(|error| error.code().to_owned())?.unwrap().begin(operation, &mut input);
        let position = input.members().nth(2).and_then(Value::as_str).map(str::to_owned);
        Ok((listing, position))
    }

    #[test]
    fn a_token_goes_on_in_its_own_list_alone() {
        let realm = |region: &str| Realm::new(AccountId::default(), Region::new(region));
        let here = realm("us-east-1");
        let (listing, position) = opened(&LIST, &here, ask("a", 2, None, &["x", "y"])).unwrap();
        assert_eq!(position, None);
        let mut output = Answer { token: None, next_token: Some("käse".into()) };
        listing.seal(&LIST, &mut output);
        let token = output.next_token.unwrap();
        assert!(!token.contains("se"), "{token}");

        // Of the same list, whatever the size of the page and the order of a map.
        let next = |tags| ask("a", 100, Some(&token), tags);
        let (listing, position) = opened(&LIST, &here, next(&["y", "x"])).unwrap();
        assert_eq!(position.as_deref(), Some("käse"));
        let mut output = Answer { token: Some("käse".into()), next_token: None };
        listing.seal(&LIST, &mut output);
        assert_eq!(output.token.as_deref(), Some(token.as_str()), "the token is said again as it came");

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
