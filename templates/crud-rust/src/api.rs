//! Routes, what makes a valid item, and what each answer says. A change is conditional: it names the state that it replaces.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use lambda_http::{
    Body, Request, RequestExt, Response,
    http::{HeaderMap, Method, header},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::objects::{Condition, Objects, Unexpected, Written};

const PREFIX: &str = "items/";
const MAX_ID: usize = 64;
const MAX_NAME: usize = 100;
const MAX_QUANTITY: u64 = 1_000_000;
const MAX_PAGE: usize = 100;
const DEFAULT_PAGE: usize = 20;

/// An item as it lies in the bucket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Item {
    name: String,
    quantity: u64,
}

/// Why there is no item in an answer.
enum Failure {
    /// The caller is told, with this status.
    Told(u16, Value),
    /// It is ours.
    Lost(Unexpected),
}

impl From<Unexpected> for Failure {
    fn from(error: Unexpected) -> Self {
        Self::Lost(error)
    }
}

type Answer = Result<Response<Body>, Failure>;

pub(crate) async fn answer(bucket: &impl Objects, request: &Request) -> Result<Response<Body>, Unexpected> {
    match route(bucket, request).await {
        Err(Failure::Told(status, body)) => Ok(response(status, &body, &[])),
        Err(Failure::Lost(error)) => Err(error),
        Ok(response) => Ok(response),
    }
}

async fn route(bucket: &impl Objects, request: &Request) -> Answer {
    let path: Vec<_> = request.raw_http_path().trim_start_matches('/').split('/').collect();
    match (request.method(), path.as_slice()) {
        (&Method::GET, ["items"]) => list(bucket, request).await,
        (&Method::POST, ["items"]) => create(bucket, request).await,
        (&Method::GET, ["items", id]) => read(bucket, known(id)?).await,
        (&Method::PUT, ["items", id]) => write(bucket, known(id)?, request).await,
        (&Method::DELETE, ["items", id]) => delete(bucket, known(id)?, request).await,
        _ => Err(told(404, "There is no such route.")),
    }
}

async fn list(bucket: &impl Objects, request: &Request) -> Answer {
    let query = request.query_string_parameters_ref();
    let parameter = |name| query.and_then(|query| query.first(name));
    let count = page_size(parameter("limit"))?;
    let page = bucket.list(PREFIX, count, parameter("next")).await?;
    let (keys, next) = page.ok_or_else(|| told(400, "next is no token of this list."))?;
    let found = join_all(keys.iter().map(|key| bucket.get(key))).await;
    let mut items = Vec::new();
    for (key, there) in keys.iter().zip(found) {
        // What was deleted meanwhile is left out.
        if let Some((item, etag)) = there? {
            items.push(shown(key.trim_start_matches(PREFIX), &item, &etag));
        }
    }
    let mut body = json!({ "items": items });
    if let Some(next) = next {
        body["next"] = next.into();
    }
    Ok(response(200, &body, &[]))
}

async fn create(bucket: &impl Objects, request: &Request) -> Answer {
    let mut wanted = body(request)?;
    let given = wanted.as_object_mut().and_then(|wanted| wanted.remove("id"));
    let id = match given {
        None => uuid::Uuid::new_v4().to_string(),
        Some(Value::String(id)) if is_id(&id) => id,
        Some(_) => {
            return Err(invalid(
                [("id".to_owned(), format!("1 to {MAX_ID} letters, digits, _ and -"))].into(),
            ));
        }
    };
    let item = valid(&wanted)?;
    match bucket.put(&key(&id), &item, &Condition::Absent).await? {
        Written::Done(etag) => {
            let location = format!("/items/{id}");
            Ok(response(201, &shown(&id, &item, &etag), &[("etag", &etag), ("location", &location)]))
        }
        Written::Refused(_) => Err(told(409, &format!("There is an item {id} already."))),
    }
}

async fn read(bucket: &impl Objects, id: &str) -> Answer {
    let (item, etag) = bucket.get(&key(id)).await?.ok_or_else(|| missing(id))?;
    Ok(response(200, &shown(id, &item, &etag), &[("etag", &etag)]))
}

async fn write(bucket: &impl Objects, id: &str, request: &Request) -> Answer {
    let item = valid(&body(request)?)?;
    let how = "Say which state is to be replaced: If-Match with its ETag, or If-None-Match: * for none.";
    let condition = condition(request.headers())?.ok_or_else(|| told(428, how))?;
    match bucket.put(&key(id), &item, &condition).await? {
        Written::Done(etag) => {
            let status = if condition == Condition::Absent { 201 } else { 200 };
            Ok(response(status, &shown(id, &item, &etag), &[("etag", &etag)]))
        }
        Written::Refused(status) => Err(refused(id, status)),
    }
}

async fn delete(bucket: &impl Objects, id: &str, request: &Request) -> Answer {
    let (_, etag) = bucket.get(&key(id)).await?.ok_or_else(|| missing(id))?;
    // Without a condition it is what was just looked at that goes.
    let expected = match condition(request.headers())? {
        Some(Condition::Is(expected)) => expected,
        Some(Condition::Absent) => return Err(told(400, "What is not there is not deleted.")),
        None => etag,
    };
    match bucket.delete(&key(id), &expected).await? {
        None => Ok(Response::builder().status(204).body(Body::Empty).unwrap_or_default()),
        Some(status) => Err(refused(id, status)),
    }
}

fn page_size(limit: Option<&str>) -> Result<usize, Failure> {
    let Some(limit) = limit else { return Ok(DEFAULT_PAGE) };
    let number = limit.parse().ok().filter(|number| (1..=MAX_PAGE).contains(number));
    number.ok_or_else(|| told(400, &format!("limit is a number from 1 to {MAX_PAGE}.")))
}

fn is_id(id: &str) -> bool {
    let letters = |letter: u8| letter.is_ascii_alphanumeric() || letter == b'_' || letter == b'-';
    (1..=MAX_ID).contains(&id.len()) && id.bytes().all(letters)
}

fn known(id: &str) -> Result<&str, Failure> {
    if is_id(id) { Ok(id) } else { Err(missing(id)) }
}

fn key(id: &str) -> String {
    format!("{PREFIX}{id}")
}

fn body(request: &Request) -> Result<Value, Failure> {
    serde_json::from_slice(request.body()).map_err(|_| told(400, "The body is not JSON."))
}

/// The item, if it is one.
fn valid(wanted: &Value) -> Result<Item, Failure> {
    let Value::Object(wanted) = wanted else {
        return Err(invalid([(String::new(), "an object".to_owned())].into()));
    };
    let others = wanted.keys().filter(|member| !["name", "quantity"].contains(&member.as_str()));
    let mut errors: BTreeMap<_, _> =
        others.map(|member| (member.clone(), "there is no such member".to_owned())).collect();
    let name = wanted.get("name").and_then(Value::as_str);
    let name = name.filter(|name| !name.trim().is_empty() && name.chars().count() <= MAX_NAME);
    if name.is_none() {
        errors.insert("name".to_owned(), format!("a text of 1 to {MAX_NAME} characters"));
    }
    let quantity = wanted.get("quantity").and_then(Value::as_u64).filter(|number| *number <= MAX_QUANTITY);
    if quantity.is_none() {
        errors.insert("quantity".to_owned(), format!("a whole number from 0 to {MAX_QUANTITY}"));
    }
    match (name, quantity) {
        (Some(name), Some(quantity)) if errors.is_empty() => Ok(Item { name: name.to_owned(), quantity }),
        _ => Err(invalid(errors)),
    }
}

/// The condition that a request states: one at most, `If-None-Match` only of anything.
fn condition(headers: &HeaderMap) -> Result<Option<Condition>, Failure> {
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    match (text(header::IF_MATCH), text(header::IF_NONE_MATCH)) {
        (None, None) => Ok(None),
        (Some(etag), None) => Ok(Some(Condition::Is(etag.to_owned()))),
        (None, Some("*")) => Ok(Some(Condition::Absent)),
        _ => Err(told(400, "A change has one condition: If-Match with an ETag, or If-None-Match: *.")),
    }
}

fn told(status: u16, message: &str) -> Failure {
    Failure::Told(status, json!({ "message": message }))
}

fn invalid(errors: BTreeMap<String, String>) -> Failure {
    Failure::Told(400, json!({ "message": "The item is not valid.", "errors": errors }))
}

fn missing(id: &str) -> Failure {
    told(404, &format!("There is no item {id}."))
}

fn refused(id: &str, status: u16) -> Failure {
    match status {
        409 => told(409, "The item was just being changed. Try again."),
        412 => told(412, "The item is not in that state. Read it again."),
        _ => missing(id),
    }
}

fn shown(id: &str, item: &Item, etag: &str) -> Value {
    let mut shown = Map::from_iter([("id".to_owned(), id.into())]);
    if let Ok(Value::Object(item)) = serde_json::to_value(item) {
        shown.extend(item);
    }
    shown.insert("etag".to_owned(), etag.into());
    shown.into()
}

fn response(status: u16, body: &Value, headers: &[(&str, &str)]) -> Response<Body> {
    let mut response = Response::builder().status(status).header("content-type", "application/json");
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    response.body(body.to_string().into()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use lambda_http::http;

    use super::*;

    /// A bucket that knows conditions as S3 does.
    #[derive(Default)]
    struct Memory(RefCell<(u32, BTreeMap<String, (Item, String)>)>);

    impl Objects for Memory {
        async fn get(&self, key: &str) -> Result<Option<(Item, String)>, Unexpected> {
            Ok(self.0.borrow().1.get(key).cloned())
        }

        async fn put(&self, key: &str, item: &Item, condition: &Condition) -> Result<Written, Unexpected> {
            let (count, objects) = &mut *self.0.borrow_mut();
            match (condition, objects.get(key)) {
                (Condition::Absent, Some(_)) => return Ok(Written::Refused(412)),
                (Condition::Is(_), None) => return Ok(Written::Refused(404)),
                (Condition::Is(expected), Some((_, etag))) if expected != etag => {
                    return Ok(Written::Refused(412));
                }
                _ => {}
            }
            *count += 1;
            let etag = format!("\"{count}\"");
            objects.insert(key.to_owned(), (item.clone(), etag.clone()));
            Ok(Written::Done(etag))
        }

        async fn delete(&self, key: &str, expected: &str) -> Result<Option<u16>, Unexpected> {
            let objects = &mut self.0.borrow_mut().1;
            if objects[key].1 != expected {
                return Ok(Some(412));
            }
            objects.remove(key);
            Ok(None)
        }

        async fn list(
            &self,
            _: &str,
            count: usize,
            token: Option<&str>,
        ) -> Result<Option<(Vec<String>, Option<String>)>, Unexpected> {
            let objects = &self.0.borrow().1;
            if token.is_some_and(|token| !objects.contains_key(token)) {
                return Ok(None);
            }
            let later: Vec<_> = objects
                .keys()
                .filter(|key| token.is_none_or(|token| key.as_str() > token))
                .cloned()
                .collect();
            let next = (later.len() > count).then(|| later[count - 1].clone());
            Ok(Some((later.into_iter().take(count).collect(), next)))
        }
    }

    /// Asks, and says what was answered.
    async fn check(
        bucket: &Memory,
        expected: u16,
        line: &str,
        body: &str,
        headers: &[(&str, &str)],
    ) -> Value {
        let (method, target) = line.split_once(' ').unwrap();
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut request = http::Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let parameters: std::collections::HashMap<String, String> =
            pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let request = request.body(Body::from(body)).unwrap().with_raw_http_path(path);
        let request = request.with_query_string_parameters(parameters);
        let answered = answer(bucket, &request).await.unwrap();
        assert_eq!(answered.status(), expected, "{line} {body}: {answered:?}");
        serde_json::from_slice(answered.body()).unwrap_or_default()
    }

    const PEAR: &str = r#"{"name": "pear", "quantity": 3}"#;

    #[tokio::test]
    async fn an_item_lives() {
        let bucket = Memory::default();
        let made = check(&bucket, 201, "POST /items", PEAR, &[]).await;
        let (id, etag) = (made["id"].as_str().unwrap(), made["etag"].as_str().unwrap());
        let line = |method: &str| format!("{method} /items/{id}");
        assert_eq!(check(&bucket, 200, &line("GET"), "", &[]).await, made);
        let changed = check(&bucket, 200, &line("PUT"), PEAR, &[("if-match", etag)]).await;
        check(&bucket, 412, &line("PUT"), PEAR, &[("if-match", etag)]).await;
        check(&bucket, 412, &line("DELETE"), "", &[("if-match", etag)]).await;
        check(&bucket, 204, &line("DELETE"), "", &[("if-match", changed["etag"].as_str().unwrap())]).await;
        check(&bucket, 404, &line("GET"), "", &[]).await;
        check(&bucket, 404, &line("DELETE"), "", &[]).await;
    }

    #[tokio::test]
    async fn what_is_there_is_not_made_again() {
        let bucket = Memory::default();
        let named = r#"{"id": "p", "name": "pear", "quantity": 3}"#;
        check(&bucket, 201, "POST /items", named, &[]).await;
        check(&bucket, 409, "POST /items", named, &[]).await;
        check(&bucket, 412, "PUT /items/p", PEAR, &[("if-none-match", "*")]).await;
        check(&bucket, 201, "PUT /items/q", PEAR, &[("if-none-match", "*")]).await;
        check(&bucket, 404, "PUT /items/r", PEAR, &[("if-match", "\"1\"")]).await;
        check(&bucket, 428, "PUT /items/q", PEAR, &[]).await;
        check(&bucket, 400, "PUT /items/q", PEAR, &[("if-match", "\"1\""), ("if-none-match", "*")]).await;
    }

    #[tokio::test]
    async fn only_items_are_taken() {
        let bucket = Memory::default();
        let long = json!({ "name": "p".repeat(101), "quantity": 1 }).to_string();
        for (wanted, wrong) in [
            ("{}", &["name", "quantity"][..]),
            (r#"{"name": " ", "quantity": 1}"#, &["name"]),
            (&long, &["name"]),
            (r#"{"name": "p", "quantity": -1}"#, &["quantity"]),
            (r#"{"name": "p", "quantity": 1.5}"#, &["quantity"]),
            (r#"{"name": "p", "quantity": true}"#, &["quantity"]),
            (r#"{"name": "p", "quantity": 1, "colour": "green"}"#, &["colour"]),
            (r#"{"name": "p", "quantity": 1, "id": "a/b"}"#, &["id"]),
            ("[]", &[""]),
        ] {
            let answered = check(&bucket, 400, "POST /items", wanted, &[]).await;
            let named: Vec<_> = answered["errors"].as_object().unwrap().keys().collect();
            assert_eq!(named, wrong, "{wanted}");
        }
        check(&bucket, 400, "POST /items", "no json", &[]).await;
        check(&bucket, 404, "GET /items/..%2fsecret", "", &[]).await;
        check(&bucket, 404, "GET /nowhere", "", &[]).await;
    }

    #[tokio::test]
    async fn a_list_comes_in_pages() {
        let bucket = Memory::default();
        for number in 0..5 {
            let item = json!({ "id": format!("i{number}"), "name": "pear", "quantity": number });
            check(&bucket, 201, "POST /items", &item.to_string(), &[]).await;
        }
        let (mut seen, mut line) = (Vec::new(), "GET /items?limit=2".to_owned());
        loop {
            let page = check(&bucket, 200, &line, "", &[]).await;
            seen.extend(
                page["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()),
            );
            let Some(next) = page["next"].as_str() else { break };
            line = format!("GET /items?limit=2&next={next}");
        }
        assert_eq!(seen, ["i0", "i1", "i2", "i3", "i4"]);
        for limit in ["0", "101", "many", "-1"] {
            check(&bucket, 400, &format!("GET /items?limit={limit}"), "", &[]).await;
        }
        check(&bucket, 400, "GET /items?next=nowhere", "", &[]).await;
    }
}
