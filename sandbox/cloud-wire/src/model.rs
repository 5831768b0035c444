//! Facts about operations and services.

use crate::schema::Schema;
use crate::shape::Shape;

/// The wire protocol of a service.
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
    /// The wire protocol.
    pub protocol: Protocol,
    /// What stands before the operation's name in `X-Amz-Target`, without the dot.
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
}

impl ServiceModel {
    /// The operation of that name.
    pub fn operation(&self, name: &str) -> Option<&'static Operation> {
        self.operations.iter().find(|operation| operation.name == name).copied()
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
}

impl Operation {
    /// An operation that answers 200.
    pub const fn new(
        name: &'static str,
        method: &'static str,
        uri: &'static str,
        input: &'static Schema,
        output: &'static Schema,
    ) -> Self {
        Self { name, method, uri, status: 200, input, output }
    }

    /// Another status of success.
    #[must_use]
    pub const fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }
}

/// An operation as a type: ties its name to its shapes.
pub trait OperationType {
    /// What comes in.
    type Input: Shape;
    /// What goes out.
    type Output: Shape;
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
}
