//! Headers of a response that no model of AWS's has: what this cloud has to say beyond them, as `x-cumulo-…`, which AWS's
//! clients ignore.

use std::cell::RefCell;

use http::{HeaderMap, HeaderName, HeaderValue};

/// The header of a response that mode enforce would have refused.
pub(crate) const PERMISSIONS: &str = "x-cumulo-permissions";

/// How much of a place is told.
const MAX_PLACE: usize = 1000;
/// How much of a denial is told: names may be long, and clients refuse heads without end.
const MAX_DENIAL: usize = 1000;

tokio::task_local! {
    static HEADERS: RefCell<HeaderMap>;
}

/// Sets a header of the response to the operation that is running; outside of one it is nobody's.
pub fn set(name: &'static str, value: &str) {
    let Ok(value) = HeaderValue::from_str(value) else { return };
    // An operation called by another service has no response of its own.
    let _ = HEADERS.try_with(|headers| headers.borrow_mut().insert(HeaderName::from_static(name), value));
}

/// Says which members of a request were taken and change nothing here.
pub fn without_effect(members: &[&str]) {
    if !members.is_empty() {
        set("x-cumulo-without-effect", &members.join(", "));
    }
}

/// A denial as a header takes it: no other characters than AWS's names have, but few.
pub(crate) fn denial(message: &str) -> String {
    let plain =
        message.chars().map(|letter| if letter == ' ' || letter.is_ascii_graphic() { letter } else { '?' });
    plain.take(MAX_DENIAL).collect()
}

/// Says that mode enforce would have refused something that the operation does.
pub fn would_be_refused(message: &str) {
    set(PERMISSIONS, &denial(message));
}

/// Says the same in an answer that is there already, to a stranger.
pub fn say_refusal(headers: &mut HeaderMap, message: &str) {
    if let Ok(value) = HeaderValue::from_str(&denial(message)) {
        headers.insert(HeaderName::from_static(PERMISSIONS), value);
    }
}

/// Says where in what was sent a mistake is.
pub fn place(place: &str) {
    // Clients refuse heads without end, and whoever sent it may have given its parts any names.
    let place: String = place.chars().take(MAX_PLACE).collect();
    set("x-cumulo-place", &place);
}

/// Says what is to be said of what was sent, part by part, as JSON.
pub fn checks(json: &str) {
    set("x-cumulo-checks", json);
}

/// Runs an operation and gives the headers that it set.
pub(crate) async fn collect<F: Future>(operation: F) -> (F::Output, HeaderMap) {
    let setting = async {
        let output = operation.await;
        (output, HEADERS.with(RefCell::take))
    };
    HEADERS.scope(RefCell::default(), setting).await
}
