//! Forms as browsers post them: read in pieces as whole; what fields and a file are put into one come out of it.

use std::fmt::Write as _;

use bytes::Bytes;
use cloud_wire::Body;
use cloud_wire::form::Form;
use cloud_wire::head::Head;
use futures_util::{FutureExt, stream};
use http::Request;

use crate::draw::Draw;

const BOUNDARY: &str = "bound";
/// More than any body here has.
const LIMIT: u64 = 1 << 20;

/// Fields, and the name of a file with what it holds or why that cannot be read.
type Read = (Vec<(String, String)>, Option<(String, Result<Vec<u8>, String>)>);

/// An odd byte, the size of pieces, and what a form is drawn of; or an even one, the size, and a body.
pub(crate) fn run(data: &[u8]) -> bool {
    let mut from = Draw(data);
    let (kind, size) = (from.byte(), from.below(64) + 1);
    if kind % 2 == 1 { drawn(&mut from, size) } else { any(from.0, size) }
}

fn read(body: &[u8], size: usize) -> Result<Read, String> {
    let pieces: Vec<_> = body.chunks(size.max(1)).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    let body = Body::from_stream(stream::iter(pieces), None);
    let request = Request::builder().uri("/bucket").body(()).expect("it is one");
    let head = Head::of(&request, None).expect("it is one");
    let read = async {
        let form = Form::read(&head, BOUNDARY, body).await.map_err(|error| error.code().to_owned())?;
        let Some(file) = form.file else { return Ok((form.fields, None)) };
        let kept = file.body.collect(LIMIT).await;
        let kept = kept.map(|bytes| bytes.to_vec()).map_err(|error| error.code().to_owned());
        Ok((form.fields, Some((file.name, kept))))
    };
    read.now_or_never().expect("bytes that are there are not waited for")
}

fn any(body: &[u8], size: usize) -> bool {
    let whole = read(body, body.len());
    assert_eq!(whole, read(body, size), "in pieces of {size}: {}", body.escape_ascii());
    whole.is_ok_and(|(fields, file)| !fields.is_empty() || file.is_some())
}

fn drawn(from: &mut Draw<'_>, size: usize) -> bool {
    let delimiter = format!("\r\n--{BOUNDARY}");
    // What a name may have between its quotes.
    let name = |text: String| -> String {
        let text: String = text.chars().filter(|c| !c.is_control() && !"\"/\\".contains(*c)).collect();
        format!("n{}", text.trim_end())
    };
    let mut body = String::new();
    let fields: Vec<(String, String)> =
        (0..from.below(4)).map(|_| (name(from.text()), from.text().replace(&delimiter, ""))).collect();
    for (name, value) in &fields {
        let _ = write!(
            body,
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
        );
    }
    let called = name(from.text());
    let _ = write!(
        body,
        "--{BOUNDARY}\r\nContent-Type: x/y\r\ncontent-disposition:form-data; filename=\"a\\{called}\"; name=File\r\n\r\n"
    );
    let held = from.0;
    if held.windows(delimiter.len()).any(|part| part == delimiter.as_bytes()) {
        return false;
    }
    let body = [body.as_bytes(), held, delimiter.as_bytes(), b"--\r\n"].concat();
    let expected = Ok((fields, Some((called, Ok(held.to_vec())))));
    assert_eq!(read(&body, size), expected, "in pieces of {size}: {}", body.escape_ascii());
    // Cut off, it is none.
    let cut = &body[..body.len() - b"bound--\r\n".len()];
    let is_whole = matches!(read(cut, size), Ok((_, Some((_, Ok(_))))));
    assert!(!is_whole, "cut off, and taken: {}", cut.escape_ascii());
    true
}
