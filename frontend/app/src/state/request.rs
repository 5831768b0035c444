//! A request to a deployed API that a person puts together, and its answer.

use std::{fmt::Write, rc::Rc};

use protocol::{
    CallError,
    cloud::{RouteAnswer, TryRoute},
};

use crate::{
    desk::{Desk, Perform},
    state::{
        Model,
        later::{Take, Takes},
    },
};

/// Methods offered.
pub const METHODS: [&str; 7] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

/// A request being put together.
pub struct Request {
    /// The method.
    pub method: String,
    /// The address.
    pub url: String,
    /// Headers, one a line, `name: value`.
    pub headers: String,
    /// The body.
    pub body: String,
    /// Whether an answer is awaited.
    pub sending: bool,
    /// Tells the request that was sent from the one that stands here now.
    serial: u64,
    /// The last answer.
    pub answer: Option<Result<Rc<RouteAnswer>, String>>,
}

impl Default for Request {
    fn default() -> Self {
        let empty = String::new;
        Self {
            method: "GET".to_owned(),
            url: empty(),
            headers: empty(),
            body: empty(),
            sending: false,
            serial: 0,
            answer: None,
        }
    }
}

/// What happens.
#[derive(Debug)]
pub enum Message {
    /// A route is to be tried.
    Try {
        /// Its method, `ANY` and `$default` included.
        method: String,
        /// Its address, with `{parameters}`.
        url: String,
    },
    /// Another method.
    Method(String),
    /// Another address.
    Url(String),
    /// Other headers.
    Headers(String),
    /// Another body.
    Body(String),
    /// Send it.
    Send,
    /// The answer to the request of this number.
    Answered(u64, Result<RouteAnswer, CallError>),
}

/// What is to be done.
#[derive(Debug)]
pub enum Effect {
    /// Bring the dock to the front.
    Show,
    /// Send it, as the request of this number.
    Send(u64, TryRoute),
}

impl Model for Request {
    type Message = Message;
    type Effect = Effect;

    fn update(&mut self, message: Message) -> Vec<Effect> {
        match message {
            Message::Try { method, url } => {
                let known = METHODS.contains(&method.as_str());
                self.method = if known { method } else { "GET".to_owned() };
                (self.url, self.answer, self.sending) = (url, None, false);
                return vec![Effect::Show];
            }
            Message::Method(method) => self.method = method,
            Message::Url(url) => self.url = url,
            Message::Headers(headers) => self.headers = headers,
            Message::Body(body) => self.body = body,
            Message::Send if self.sending || self.url.trim().is_empty() => {}
            Message::Send => {
                (self.sending, self.serial) = (true, self.serial + 1);
                return vec![Effect::Send(self.serial, self.call())];
            }
            // Another route was chosen meanwhile: its panel is no place for this.
            Message::Answered(serial, _) if serial != self.serial || !self.sending => {}
            Message::Answered(_, answer) => {
                self.sending = false;
                self.answer = Some(answer.map(Rc::new).map_err(|error| error.message));
            }
        }
        Vec::new()
    }
}

impl Request {
    fn call(&self) -> TryRoute {
        TryRoute {
            method: self.method.clone(),
            url: self.url.trim().to_owned(),
            headers: self.header_pairs(),
            body: if self.has_body() { self.body.clone() } else { String::new() },
        }
    }

    /// Whether the method carries a body.
    pub fn has_body(&self) -> bool {
        !matches!(self.method.as_str(), "GET" | "HEAD")
    }

    fn header_pairs(&self) -> Vec<(String, String)> {
        let pairs = self.headers.lines().filter_map(|line| line.split_once(':'));
        let pairs = pairs.map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()));
        pairs.filter(|(name, _)| !name.is_empty()).collect()
    }

    /// The same request as a command line.
    pub fn as_curl(&self) -> String {
        let mut line = "curl".to_owned();
        if self.method != "GET" {
            let _ = write!(line, " -X {}", self.method);
        }
        let _ = write!(line, " {}", quoted(self.url.trim()));
        for (name, value) in self.header_pairs() {
            let _ = write!(line, " -H {}", quoted(&format!("{name}: {value}")));
        }
        if self.has_body() && !self.body.is_empty() {
            let _ = write!(line, " --data-raw {}", quoted(&self.body));
        }
        line
    }
}

/// A word for a shell.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', "'\\''"))
}

impl Perform for Request {
    const LATER: Option<fn(&Takes) -> Take<Self>> = Some(|takes| takes.request);

    fn perform(desk: &Desk, effect: Effect) {
        match effect {
            Effect::Show => crate::views::show(desk, "try"),
            Effect::Send(serial, call) => {
                desk.ask(call, move |desk, answer| desk.tell::<Self>(Message::Answered(serial, answer)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> Request {
        let mut request = Request::default();
        request.update(Message::Try { method: "POST".into(), url: "http://127.0.0.1:4566/a".into() });
        request.update(Message::Headers("content-type: application/json\n\nbroken\n".into()));
        request.update(Message::Body("{\"name\": \"d'Arc\"}".into()));
        request
    }

    #[test]
    fn a_request_reads_as_curl() {
        let expected = "curl -X POST 'http://127.0.0.1:4566/a' -H 'content-type: application/json' \
                        --data-raw '{\"name\": \"d'\\''Arc\"}'";
        assert_eq!(request().as_curl(), expected);
        let mut get = request();
        get.update(Message::Method("GET".into()));
        assert!(!get.as_curl().contains("--data-raw"));
    }

    #[test]
    fn sends_once_at_a_time() {
        let mut request = request();
        let sent = request.update(Message::Send);
        assert!(matches!(&sent[..], [Effect::Send(1, call)] if call.headers.len() == 1));
        assert!(request.update(Message::Send).is_empty());
        let no = || Err(CallError::new(protocol::ErrorCode::Unavailable, "no"));
        request.update(Message::Answered(1, no()));
        assert_eq!(request.answer, Some(Err("no".into())));
        assert!(!request.sending);
        request.update(Message::Send);
        request.update(Message::Try { method: "GET".into(), url: "http://127.0.0.1:4566/b".into() });
        request.update(Message::Answered(2, no()));
        assert_eq!(request.answer, None, "the answer of another route");
    }

    #[test]
    fn any_method_is_tried_with_get() {
        let mut request = request();
        request.update(Message::Try { method: "ANY".into(), url: "http://x".into() });
        assert_eq!(request.method, "GET");
    }
}
