//! Function URLs, answering whoever calls: by their addresses to functions, from requests to events, from what functions
//! answer to answers.
//!
//! Where to start: [`serving`] is the way of a request. Not here: what is remembered of them (`state/url.rs`), the operations
//! on that (`ops/function_urls.rs`), and how an event is run (`invoke`).

pub(crate) mod address;
mod answer;
mod cors;
mod event;
mod ids;
pub(crate) mod leave;
mod serving;
mod streaming;

pub(crate) use ids::Ids;
pub use serving::{FunctionUrls, StoppedUrls};
