//! Notes on an answer: what this cloud has to say beyond AWS's models, as `x-cumulo-…` headers that AWS's clients ignore.

use std::cell::RefCell;

use http::{HeaderMap, HeaderName, HeaderValue};

/// How much of a place is told.
const MAX_PLACE: usize = 1000;

tokio::task_local! {
    static NOTES: RefCell<HeaderMap>;
}

/// Adds a note to the answer of the operation that is running; outside of one it is nobody's.
pub fn note(name: &'static str, value: &str) {
    let Ok(value) = HeaderValue::from_str(value) else { return };
    // An operation called by another service has no answer of its own to note on.
    let _ = NOTES.try_with(|notes| notes.borrow_mut().insert(HeaderName::from_static(name), value));
}

/// Notes which members of a request were taken and change nothing here.
pub fn without_effect(members: &[&str]) {
    if !members.is_empty() {
        note("x-cumulo-without-effect", &members.join(", "));
    }
}

/// The note on an answer that mode enforce would have refused.
pub(crate) const PERMISSIONS: &str = "x-cumulo-permissions";

/// How much of a denial is told: names may be long, and clients refuse heads without end.
const MAX_DENIAL: usize = 1000;

/// A denial as a header takes it: no other characters than AWS's names have, but few.
pub(crate) fn denial(message: &str) -> String {
    let plain =
        message.chars().map(|letter| if letter == ' ' || letter.is_ascii_graphic() { letter } else { '?' });
    plain.take(MAX_DENIAL).collect()
}

/// Notes that mode enforce would have refused something that the operation does.
pub fn would_be_refused(message: &str) {
    note(PERMISSIONS, &denial(message));
}

/// Notes where in what was sent a mistake is.
pub fn place(place: &str) {
    // Clients refuse heads without end, and whoever sent it may have given its parts any names.
    let place: String = place.chars().take(MAX_PLACE).collect();
    note("x-cumulo-place", &place);
}

/// Notes what is to be said of what was sent, part by part, as JSON.
pub fn checks(json: &str) {
    note("x-cumulo-checks", json);
}

/// Runs an operation and gives the notes it made.
pub(crate) async fn gather<F: Future>(operation: F) -> (F::Output, HeaderMap) {
    let noting = async {
        let output = operation.await;
        (output, NOTES.with(RefCell::take))
    };
    NOTES.scope(RefCell::default(), noting).await
}
