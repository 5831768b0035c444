//! Facts about operations and services.

use cloud_core::Refusal;

use crate::head::Head;
use crate::schema::Schema;
use crate::shape::{Described, Shape};

/// A wire protocol. Some services speak several; their clients choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// `application/x-amz-json-1.0`.
    Json10,
    /// `application/x-amz-json-1.1`.
    Json11,
    /// Form parameters in, XML out.
    Query,
    /// Paths and JSON.
    RestJson,
    /// Paths and XML.
    RestXml,
    /// `rpc-v2-cbor`: the operation in the path, CBOR.
    Cbor,
}

/// One service's model, as far as this cloud answers it.
#[derive(Debug)]
pub struct ServiceModel {
    /// The model's name: `lambda`, `apigatewayv2`, `sts`.
    pub id: &'static str,
    /// The service's name in credential scopes; several models may share one.
    pub signing_name: &'static str,
    /// The service's name in host names.
    pub endpoint_prefix: &'static str,
    /// The wire protocol of clients that say nothing of it.
    pub protocol: Protocol,
    /// Further ones that it speaks.
    pub also: &'static [Protocol],
    /// Whether clients of its newer protocols expect the older query protocol's error codes, too.
    pub query_compatible: bool,
    /// What stands before the operation's name in `X-Amz-Target`, without the dot; and the service's name in CBOR's paths.
    pub target_prefix: &'static str,
    /// `2015-03-31`.
    pub api_version: &'static str,
    /// The XML namespace of answers.
    pub xml_namespace: &'static str,
    /// The code of answers to requests that break declared constraints.
    pub validation_code: &'static str,
    /// Whether such an answer names what is in the body after the operation's input: `createStageInput.stageName`.
    pub names_input: bool,
    /// The operations.
    pub operations: &'static [&'static Operation],
    /// The errors that the operations declare.
    pub errors: &'static [ErrorFact],
    /// Query parameters that select operations of the whole model, listed here or not (`?acl`): with one of those and
    /// no operation for it, the answer is `NotImplemented` and not another operation's.
    pub selectors: &'static [&'static str],
    /// The answer to a page's token that is none of the asked list.
    pub wrong_token: Refusal,
    /// The answers to a union without a member and to one with several.
    pub wrong_union: (Refusal, Refusal),
}

impl ServiceModel {
    /// The operation of that name.
    pub fn operation(&self, name: &str) -> Option<&'static Operation> {
        self.operations.iter().find(|operation| operation.name == name).copied()
    }

    /// The protocol that a request speaks.
    // AWS: a service that speaks several tells them apart by `Smithy-Protocol`, then `X-Amz-Target`, then the form.
    pub(crate) fn spoken(&self, head: &Head) -> Protocol {
        let speaks = |protocol: &Protocol| self.protocol == *protocol || self.also.contains(protocol);
        let asked: &[Protocol] = match head.header("smithy-protocol") {
            Some("rpc-v2-cbor") => &[Protocol::Cbor],
            Some(_) => &[],
            None if head.header("x-amz-target").is_some() => &[Protocol::Json10, Protocol::Json11],
            None if self.also.is_empty() => &[],
            None => &[Protocol::Query],
        };
        asked.iter().copied().find(speaks).unwrap_or(self.protocol)
    }

    /// What the model says about an error code.
    pub fn error(&self, code: &str) -> Option<&'static ErrorFact> {
        self.errors.iter().find(|fact| fact.code == code)
    }
}

/// One operation.
#[derive(Clone, Copy, Debug)]
pub struct Operation {
    /// `CreateFunction`.
    pub name: &'static str,
    /// The HTTP method.
    pub method: &'static str,
    /// The path and fixed query parameters: `/2015-03-31/functions/{FunctionName}`, `/{Bucket}/{Key+}?uploads`.
    pub uri: &'static str,
    /// The status of success.
    pub status: u16,
    /// What comes in.
    pub input: &'static Schema,
    /// What goes out.
    pub output: &'static Schema,
    /// How its answer comes in pages, if it does.
    pub paging: Option<Paging>,
    /// What clients write before the host's name, without what they fill in: `sync-`.
    pub host_prefix: &'static str,
    /// The largest body that it takes; a larger one is refused before it is read. Streaming payloads count too.
    pub body_limit: u64,
    /// The root element of its XML answer, where that is not called like its shape (S3's `ListBucketResult`).
    pub root: Option<&'static str>,
    /// The media type of its answer, where it has no body and one nevertheless (S3's `HeadBucket`).
    pub media_type: Option<&'static str>,
    /// The code and the status of the answer to a body beyond its limit.
    pub too_large: (&'static str, u16),
    /// The action that it asks leave for, where that is not called like it.
    pub action: &'static str,
    /// Makes an input of which nothing is said yet.
    pub blank: fn() -> Box<dyn Shape>,
}

/// How an operation's answer comes in pages: members by their names in the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paging {
    /// Where a request says at which page it goes on.
    pub input: &'static str,
    /// Where an answer says it of the next page.
    pub output: &'static str,
    /// What may differ from page to page: how many, and what a client says of the first alone. All else is of the list.
    pub apart: &'static [&'static str],
}

/// The largest body of an operation that says nothing else.
pub const BODY_LIMIT: u64 = 2 * 1024 * 1024;

impl Operation {
    /// An operation that answers 200.
    pub const fn new(
        name: &'static str,
        method: &'static str,
        uri: &'static str,
        input: &'static Schema,
        output: &'static Schema,
    ) -> Self {
        Self {
            name,
            method,
            uri,
            status: 200,
            input,
            output,
            paging: None,
            host_prefix: "",
            body_limit: BODY_LIMIT,
            root: None,
            media_type: None,
            too_large: ("RequestEntityTooLargeException", 413),
            action: name,
            blank: blank::<()>,
        }
    }

    /// It answers in pages.
    #[must_use]
    pub const fn pages(
        mut self,
        input: &'static str,
        output: &'static str,
        apart: &'static [&'static str],
    ) -> Self {
        self.paging = Some(Paging { input, output, apart });
        self
    }

    /// What clients write before the host's name.
    #[must_use]
    pub const fn host_prefix(mut self, prefix: &'static str) -> Self {
        self.host_prefix = prefix;
        self
    }

    /// The type of what comes in.
    #[must_use]
    pub const fn takes<T: Described>(mut self) -> Self {
        self.blank = blank::<T>;
        self
    }

    /// Another limit of its body.
    #[must_use]
    pub const fn body_limit(mut self, bytes: u64) -> Self {
        self.body_limit = bytes;
        self
    }

    /// The root element of its XML answer.
    #[must_use]
    pub const fn root(mut self, name: &'static str) -> Self {
        self.root = Some(name);
        self
    }

    /// Another answer to a body beyond its limit.
    #[must_use]
    pub const fn too_large(mut self, code: &'static str, status: u16) -> Self {
        self.too_large = (code, status);
        self
    }

    /// Another action that it asks leave for.
    #[must_use]
    pub const fn action(mut self, action: &'static str) -> Self {
        self.action = action;
        self
    }

    /// The media type of its answer without a body.
    #[must_use]
    pub const fn media_type(mut self, media_type: &'static str) -> Self {
        self.media_type = Some(media_type);
        self
    }

    /// Another status of success.
    #[must_use]
    pub const fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }
}

fn blank<T: Described>() -> Box<dyn Shape> {
    Box::<T>::default()
}

/// An operation as a type: ties its name to its shapes.
pub trait OperationType {
    /// What comes in.
    type Input: Described;
    /// What goes out.
    type Output: Described;
    /// Its facts.
    const OPERATION: &'static Operation;
}

/// One declared error.
#[derive(Clone, Copy, Debug)]
pub struct ErrorFact {
    /// The code on the wire.
    pub code: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// The member that holds the text, as spelled on the wire: `message` or `Message`.
    pub message: &'static str,
    /// The code in the query protocol, where that is another one.
    pub query: Option<&'static str>,
}

impl ErrorFact {
    /// An error that is called the same in every protocol.
    pub const fn new(code: &'static str, status: u16, message: &'static str) -> Self {
        Self { code, status, message, query: None }
    }

    /// Another code in the query protocol.
    #[must_use]
    pub const fn in_query(mut self, code: &'static str) -> Self {
        self.query = Some(code);
        self
    }
}

impl ServiceModel {
    /// What is said of tokens where a service says nothing else.
    // LIMIT: words of ours.
    pub const WRONG_TOKEN: Refusal =
        Refusal("ValidationException", 400, "The token of a page is not valid for this list.");
    /// What is said of unions where a service says nothing else: of none of the members and of several. `{shape}` is its name.
    pub const WRONG_UNION: (Refusal, Refusal) = (
        Refusal("SerializationException", 400, "The union {shape} has no member: exactly one must be set."),
        Refusal(
            "SerializationException",
            400,
            "The union {shape} has several members: exactly one must be set.",
        ),
    );
}
