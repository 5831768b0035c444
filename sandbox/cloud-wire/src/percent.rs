//! Percent-encoding as AWS does it: everything but `A-Za-z0-9-_.~`, in capitals.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::room;

const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
const RESERVED_IN_PATH: &AsciiSet = &RESERVED.remove(b'/');

/// Encodes a path, leaving its slashes.
pub(crate) fn encode_path(path: &str) -> String {
    utf8_percent_encode(path, RESERVED_IN_PATH).to_string()
}

/// Decodes once. None if the bytes are not UTF-8.
pub(crate) fn decode(text: &str) -> Option<String> {
    percent_decode_str(text).decode_utf8().ok().map(Cow::into_owned)
}

/// Decodes a form's key or value, in which `+` is a space.
pub(crate) fn decode_form(text: &str) -> Option<String> {
    if text.contains('+') { decode(&text.replace('+', " ")) } else { decode(text) }
}

/// What the pairs of a form or query take in memory.
pub(crate) fn cost(form: &str) -> usize {
    let pairs = form.bytes().filter(|byte| *byte == b'&').count() + 1;
    pairs * room::PAIR + 2 * form.len()
}

/// The pairs of a form or query, in order. None if one of them is not UTF-8.
pub(crate) fn pairs(form: &str) -> Option<Vec<(String, String)>> {
    let parts = form.split('&').filter(|part| !part.is_empty());
    parts
        .map(|part| {
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            Some((decode_form(key)?, decode_form(value)?))
        })
        .collect()
}
