//! What happens to objects that others are told of, and by whose request.

use cloud_core::{Caller, Trace};
use jiff::Timestamp;

/// What happened to an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// It was put.
    Put,
    /// It was put by a form.
    Posted,
    /// It was made a copy of another.
    Copied,
    /// It was made of an upload's parts.
    Completed,
    /// It was deleted.
    Deleted,
    /// It was given tags.
    Tagged,
    /// Its tags were taken away.
    Untagged,
}

impl Event {
    /// As records name it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Put => "ObjectCreated:Put",
            Self::Posted => "ObjectCreated:Post",
            Self::Copied => "ObjectCreated:Copy",
            Self::Completed => "ObjectCreated:CompleteMultipartUpload",
            Self::Deleted => "ObjectRemoved:Delete",
            Self::Tagged => "ObjectTagging:Put",
            Self::Untagged => "ObjectTagging:Delete",
        }
    }

    /// The version of its records.
    // AWS: 2.3 of tags, 2.1 of what makes and removes objects.
    pub(crate) fn version(self) -> &'static str {
        if self.is_about_tags() { "2.3" } else { "2.1" }
    }

    /// As EventBridge calls it, and why, where it says that.
    // AWS: "Using EventBridge": event types, `reason`.
    pub(crate) fn bridged(self) -> (&'static str, Option<&'static str>) {
        match self {
            Self::Put => ("Object Created", Some("PutObject")),
            Self::Posted => ("Object Created", Some("POST Object")),
            Self::Copied => ("Object Created", Some("CopyObject")),
            Self::Completed => ("Object Created", Some("CompleteMultipartUpload")),
            Self::Deleted => ("Object Deleted", Some("DeleteObject")),
            Self::Tagged => ("Object Tags Added", None),
            Self::Untagged => ("Object Tags Deleted", None),
        }
    }

    /// Whether it is about tags alone.
    pub(crate) fn is_about_tags(self) -> bool {
        matches!(self, Self::Tagged | Self::Untagged)
    }
}

/// What happened and who did it.
#[derive(Clone, Debug)]
pub(crate) struct Cause {
    pub(crate) event: Event,
    /// The unique id of who did it.
    pub(crate) principal: String,
    /// The account of who did it.
    pub(crate) requester: String,
    /// The address that the request came from.
    pub(crate) address: String,
    pub(crate) request_id: String,
    pub(crate) at: Timestamp,
    pub(crate) trace: Trace,
}

impl Cause {
    /// What a caller's request does.
    pub(crate) fn of(event: Event, caller: &Caller, at: Timestamp) -> Self {
        let principal = if caller.is_anonymous() {
            "Anonymous".to_owned()
        } else {
            // AWS: the id has what it is of before it.
            format!("AWS:{}", caller.user_id)
        };
        Self {
            event,
            principal,
            requester: caller.account.to_string(),
            // Without one it came over no network.
            address: caller.source_ip.map_or_else(|| "127.0.0.1".to_owned(), |address| address.to_string()),
            request_id: caller.request_id.to_string(),
            at,
            trace: caller.trace.clone(),
        }
    }
}
