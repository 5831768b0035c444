//! `multipart/form-data` as browsers post it: fields, then one file, which streams.
//!
//! Not who signed it (that is `sigv4`), nor what its fields mean (that is the service's).

use std::net::IpAddr;

use bytes::{Bytes, BytesMut};
use cloud_core::AwsError;
use futures_util::stream;
use http::{HeaderMap, HeaderName, HeaderValue, Method};

use crate::body::Body;
use crate::head::Head;
use crate::model::{OperationType, Protocol};
use crate::protocol::Content;
use crate::query::Parameters;
use crate::room::Room;
use crate::shape::Described;
use crate::slot::Reading;
use crate::{percent, rest, xml};

// AWS: "the form data and boundaries (excluding the contents of the file) cannot exceed 20 KB".
const MAX_FIELDS: usize = 20 * 1024;

/// A form whose fields are read and whose file is not.
#[derive(Debug)]
pub struct Form {
    /// Where it was posted to: the path, with the bucket in front.
    pub path: String,
    /// The sender's address.
    pub peer: Option<IpAddr>,
    /// The fields before the file, as they were written.
    pub fields: Vec<(String, String)>,
    /// The file, if there is one.
    pub file: Option<File>,
}

/// The file of a form.
#[derive(Debug)]
pub struct File {
    /// Its name without folders.
    pub name: String,
    /// Its contents.
    pub body: Body,
}

/// What a service answers to a form.
#[derive(Debug, Default)]
pub struct FormAnswer {
    /// The status.
    pub status: u16,
    /// Headers.
    pub headers: Vec<(&'static str, String)>,
    /// The document's root and its members.
    pub document: Option<(&'static str, Vec<(&'static str, String)>)>,
}

impl Form {
    /// Reads the fields of a body with that boundary between its parts; the file is read as its body is.
    pub async fn read(head: &Head, boundary: &str, body: Body) -> Result<Self, AwsError> {
        let mut parts = Parts {
            body,
            // So that the first boundary is found like the others, which end the line before them.
            buffer: BytesMut::from("\r\n"),
            delimiter: format!("\r\n--{boundary}").into_bytes(),
            left: MAX_FIELDS,
            ended: false,
        };
        let mut form =
            Self { path: head.routed_path.clone(), peer: head.peer, fields: Vec::new(), file: None };
        let delimiter = parts.delimiter.clone();
        parts.until(&delimiter).await?;
        while let Some(part) = parts.part().await? {
            if !part.field.eq_ignore_ascii_case("file") {
                let value = parts.until(&delimiter).await?;
                let value = String::from_utf8(value.to_vec()).map_err(|_| malformed())?;
                form.fields.push((part.field, value));
                continue;
            }
            let chunks = stream::try_unfold(parts, |mut parts| async move {
                Ok(parts.chunk().await?.map(|chunk| (chunk, parts)))
            });
            form.file = Some(File { name: part.file, body: Body::from_stream(chunks, None) });
            break;
        }
        Ok(form)
    }

    /// The first field of that name, in any case.
    pub fn field(&self, name: &str) -> Option<&str> {
        let named = |(given, _): &&(String, String)| given.eq_ignore_ascii_case(name);
        self.fields.iter().find(named).map(|(_, value)| value.as_str())
    }
}

/// The operation that a form stands for: some of its fields as headers, its file as the body.
pub fn as_request<O: OperationType>(
    labels: &[(&'static str, String)],
    headers: impl IntoIterator<Item = (String, String)>,
    body: Body,
    peer: Option<IpAddr>,
) -> Result<(Head, O::Input), AwsError> {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        let refused = || {
            AwsError::new("InvalidArgument", "Header value cannot be represented using ISO-8859-1.")
                .with("ArgumentName", name.as_str())
        };
        let field = HeaderName::try_from(name.as_str()).map_err(|_| refused())?;
        map.append(field, HeaderValue::from_bytes(value.as_bytes()).map_err(|_| refused())?);
    }
    let segments: Vec<String> = labels.iter().map(|(_, value)| percent::encode_path(value)).collect();
    let path = format!("/{}", segments.join("/"));
    let head = Head {
        method: Method::PUT,
        routed_path: path.clone(),
        path,
        raw_query: String::new(),
        query: Vec::new(),
        headers: map,
        peer,
    };
    let content = Content {
        labels: labels.to_vec(),
        document: Bytes::new(),
        stream: Some(body),
        events: None,
        parameters: Parameters::default(),
    };
    let (room, mut input) = (Room::unlimited(), O::Input::default());
    let reading = Reading::new(&room);
    rest::decode(Protocol::RestXml, O::OPERATION, &head, content, reading.slot(&mut input))?;
    reading.misfits().refuse(O::OPERATION.input)?;
    Ok((head, input))
}

/// A document in a field.
pub fn document<T: Described>(text: &str) -> Result<T, AwsError> {
    // Of at most as many bytes as all fields.
    let (room, mut read) = (Room::unlimited(), T::default());
    let reading = Reading::new(&room);
    xml::parse(text.as_bytes(), &room)?.read(T::schema(), reading.slot(&mut read))?;
    reading.misfits().refuse(T::schema())?;
    Ok(read)
}

/// The boundary between the parts, if this is the type of a form with a file.
pub(crate) fn boundary(content_type: &str) -> Option<&str> {
    let (kind, parameters) = content_type.split_once(';')?;
    kind.trim().eq_ignore_ascii_case("multipart/form-data").then_some(())?;
    let boundary = parameter(parameters, "boundary")?;
    (1..=70).contains(&boundary.len()).then_some(boundary)
}

/// A parameter of a header, without its quotes.
fn parameter<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let mut rest = text;
    while !rest.is_empty() {
        let (key, after) = rest.split_once('=')?;
        let after = after.trim_start();
        let (value, after) = if let Some(quoted) = after.strip_prefix('"') {
            quoted.split_once('"')?
        } else {
            after.split_at_checked(after.find(';').unwrap_or(after.len()))?
        };
        if key.trim_start_matches([';', ' ', '\t']).trim().eq_ignore_ascii_case(name) {
            return Some(value.trim());
        }
        rest = after;
    }
    None
}

fn malformed() -> AwsError {
    AwsError::new(
        "MalformedPOSTRequest",
        "The body of your POST request is not well-formed multipart/form-data.",
    )
}

fn too_many() -> AwsError {
    let message = "Your POST request fields preceding the upload file were too large.";
    AwsError::new("MaxPostPreDataLengthExceeded", message)
        .with("MaxPostPreDataLengthBytes", MAX_FIELDS.to_string())
}

/// What a part's head says of it.
struct Part {
    field: String,
    file: String,
}

/// A form as it comes.
struct Parts {
    body: Body,
    /// What came and was not taken.
    buffer: BytesMut,
    delimiter: Vec<u8>,
    /// How many bytes the fields may still have.
    left: usize,
    /// Whether the file's end was met.
    ended: bool,
}

/// Where a text begins in bytes.
fn find(bytes: &[u8], text: &[u8]) -> Option<usize> {
    let first = text.first()?;
    let mut from = 0;
    while let Some(step) = bytes.get(from..)?.iter().position(|byte| byte == first) {
        let at = from + step;
        if bytes.get(at..)?.starts_with(text) {
            return Some(at);
        }
        from = at + 1;
    }
    None
}

impl Parts {
    /// More bytes; false at the end.
    async fn more(&mut self) -> Result<bool, AwsError> {
        match self.body.next().await {
            None => Ok(false),
            Some(chunk) => {
                self.buffer.extend_from_slice(&chunk?);
                Ok(true)
            }
        }
    }

    /// What comes before a text, which is taken too.
    async fn until(&mut self, text: &[u8]) -> Result<Bytes, AwsError> {
        loop {
            let found = find(&self.buffer, text);
            let used = found.map_or(self.buffer.len(), |at| at + text.len());
            if used > self.left {
                return Err(too_many());
            }
            if let Some(at) = found {
                self.left -= used;
                let before = self.buffer.split_to(at).freeze();
                drop(self.buffer.split_to(text.len()));
                return Ok(before);
            }
            if !self.more().await? {
                return Err(malformed());
            }
        }
    }

    /// The head of the next part; none behind the last.
    async fn part(&mut self) -> Result<Option<Part>, AwsError> {
        while self.buffer.len() < 2 {
            if !self.more().await? {
                return Err(malformed());
            }
        }
        if self.buffer.starts_with(b"--") {
            return Ok(None);
        }
        let head = self.until(b"\r\n\r\n").await?;
        let head = std::str::from_utf8(&head).map_err(|_| malformed())?;
        let disposition = head.split("\r\n").find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.trim().eq_ignore_ascii_case("content-disposition").then_some(value)
        });
        let (_, parameters) = disposition.and_then(|text| text.split_once(';')).ok_or_else(malformed)?;
        let field = parameter(parameters, "name").ok_or_else(malformed)?.to_owned();
        let file = parameter(parameters, "filename").unwrap_or_default();
        let file = file.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
        Ok(Some(Part { field, file }))
    }

    /// The next bytes of the file; none at its end, which must come.
    async fn chunk(&mut self) -> Result<Option<Bytes>, AwsError> {
        while !self.ended {
            if let Some(at) = find(&self.buffer, &self.delimiter) {
                self.ended = true;
                let last = self.buffer.split_to(at).freeze();
                self.buffer.clear();
                return Ok(Some(last).filter(|last| !last.is_empty()));
            }
            // The end may have begun.
            let sure = self.buffer.len().saturating_sub(self.delimiter.len() - 1);
            if sure > 0 {
                return Ok(Some(self.buffer.split_to(sure).freeze()));
            }
            if !self.more().await? {
                return Err(malformed());
            }
        }
        // AWS: fields behind the file are ignored.
        while let Some(chunk) = self.body.next().await {
            drop(chunk?);
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_pieces(text: &str, size: usize) -> Body {
        let pieces: Vec<_> =
            text.as_bytes().chunks(size).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
        Body::from_stream(stream::iter(pieces), None)
    }

    /// The form as text, or the error's code.
    async fn outcome(text: &str, size: usize) -> String {
        let request = http::Request::builder().uri("/bucket").body(()).unwrap();
        let head = Head::of(&request, None).unwrap();
        let read = async {
            let form = Form::read(&head, "B", in_pieces(text, size)).await?;
            let mut shown: Vec<String> =
                form.fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
            if let Some(file) = form.file {
                let body = file.body.collect(1 << 20).await?;
                shown.push(format!("{}:{}", file.name, String::from_utf8_lossy(&body)));
            }
            Ok::<_, AwsError>(shown.join(" "))
        };
        read.await.unwrap_or_else(|error| error.code().to_owned())
    }

    #[tokio::test]
    async fn a_form_is_read_however_it_comes() {
        let field = |name: &str, value: &str| {
            format!("--B\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        };
        let file = |contents: &str| {
            format!(
                "--B\r\ncontent-type: text/plain\r\nContent-Disposition: form-data; name=file; filename=\"C:\\a\\b c.txt\"\r\n\r\n\
                 {contents}\r\n--B--\r\n"
            )
        };
        let long = "x".repeat(MAX_FIELDS);
        let all = [field("key", "k"), field("Policy", ""), file("line\r\n--A\r\n\r\n-"), field("late", "x")];
        for (text, expected) in [
            (all.concat(), "key=k Policy= b c.txt:line\r\n--A\r\n\r\n-"),
            (format!("preamble\r\n{}{}", field("a", "1"), file("")), "a=1 b c.txt:"),
            (format!("{}--B--", field("a", "1")), "a=1"),
            (field("a", "1"), "MalformedPOSTRequest"),
            (file("cut").replace("\r\n--B--", ""), "MalformedPOSTRequest"),
            (String::new(), "MalformedPOSTRequest"),
            ("--B\r\nX: y\r\n\r\n1\r\n--B--".into(), "MalformedPOSTRequest"),
            (field("a", &long), "MaxPostPreDataLengthExceeded"),
        ] {
            for size in [1, 7, 1 << 16] {
                assert_eq!(outcome(&text, size).await, expected, "in pieces of {size}");
            }
        }
    }

    #[test]
    fn a_boundary_is_a_parameter_of_the_type() {
        for (text, expected) in [
            ("multipart/form-data; boundary=abc", Some("abc")),
            ("Multipart/Form-Data;charset=utf-8; boundary=\"a b\"", Some("a b")),
            ("multipart/form-data", None),
            ("multipart/form-data; boundary=", None),
            ("multipart/mixed; boundary=abc", None),
            ("application/x-www-form-urlencoded", None),
        ] {
            assert_eq!(boundary(text), expected, "{text}");
        }
    }
}
