//! What a service is to the endpoint.

use std::future::Future;
use std::pin::Pin;

use cloud_core::{Access, AwsError, Caller, Denial, Realm};

use crate::access::{self, Asking};
use crate::form::{Form, FormAnswer};
use crate::head::Head;
use crate::input::Input;
use crate::model::{Operation, Protocol, ServiceModel};
use crate::shape::Shape;

/// A running operation.
pub type Pending<'a> = Pin<Box<dyn Future<Output = Result<Box<dyn Shape>, AwsError>> + Send + 'a>>;

/// A form that is being taken.
pub type Posting<'a> = Pin<Box<dyn Future<Output = Result<FormAnswer, AwsError>> + Send + 'a>>;

/// What is asked leave for, as it is found out.
pub type Asks<'a> = Pin<Box<dyn Future<Output = Result<Vec<Access>, AwsError>> + Send + 'a>>;

/// Headers for the browser of a page, or why the page may not.
pub type CrossOrigin = Result<Vec<(&'static str, String)>, AwsError>;

/// The operations of a service's model that it has no handler for. A service's tests assert that there are none.
pub fn unhandled(service: &dyn Service, caller: &Caller) -> Vec<&'static str> {
    let names = service.model().operations.iter().map(|operation| operation.name);
    names.filter(|name| service.call(name, caller, Input::new(())).is_none()).collect()
}

/// A service of the cloud: a model and an answer for each of its operations.
///
/// ```text
/// impl Service for Lambda {
///     fn model(&self) -> &'static ServiceModel {
///         &shapes::MODEL
///     }
///
///     cloud_wire::dispatch! { crate::shapes;
///         CreateFunction => ops::create_function,
///         Invoke => ops::invoke,
///     }
/// }
/// ```
pub trait Service: Send + Sync {
    /// The facts.
    fn model(&self) -> &'static ServiceModel;

    /// Runs the operation of that name; none if it has no handler. Written by [`dispatch!`](crate::dispatch).
    fn call<'a>(&'a self, operation: &str, caller: &'a Caller, input: Input) -> Option<Pending<'a>>;

    /// Whether the operation's declared constraints are checked before it is called. Required members always are.
    fn validates(&self, _operation: &str) -> bool {
        true
    }

    /// Looks at a request whose sender is proven, before its input is read: for what a model does not say of headers.
    fn admit(&self, _operation: &str, _head: &Head, _caller: &Caller) -> Result<(), AwsError> {
        Ok(())
    }

    /// Looks at a body that was collected, before it is read: for the digests that a head states of it.
    fn admit_document(&self, _operation: &str, _head: &Head, _document: &[u8]) -> Result<(), AwsError> {
        Ok(())
    }

    /// Adds to an input what a request says elsewhere: which queue its path names.
    fn complete(&self, _operation: &Operation, _head: &Head, _input: &mut Input) {}

    /// Looks at an input before its declared constraints are checked: for what a service says of it first.
    fn inspect(&self, _operation: &Operation, _input: &Input) -> Result<(), AwsError> {
        Ok(())
    }

    /// What an operation asks leave for, from its input. By rule where a service does not know better; nothing is asked
    /// of what everybody may do.
    fn accesses(&self, asking: &Asking<'_>) -> Vec<Access> {
        asking.by_rule()
    }

    /// The same where it depends on what is kept.
    fn asks<'a>(&'a self, asking: &Asking<'_>) -> Asks<'a> {
        Box::pin(std::future::ready(Ok(self.accesses(asking))))
    }

    /// Whose service answers a request that names what another account has, if that may be used from outside: this one's
    /// there. Leave is asked by that one, as which it says whose the resource is; the caller stays who he is.
    fn host(&self, _asking: &Asking<'_>) -> Option<Realm> {
        None
    }

    /// What is said to who may not.
    fn denied(&self, protocol: Protocol, denial: &Denial) -> AwsError {
        access::denied(protocol, denial)
    }

    /// Whether a request that nobody signed is read, because a resource's policy may let its sender in. Asked by its head:
    /// what a stranger sends takes no memory before.
    fn admits_stranger(&self, _head: &Head) -> bool {
        false
    }

    /// What a form asks leave for.
    fn form_asks<'a>(&'a self, _form: &Form, _caller: &Caller) -> Asks<'a> {
        Box::pin(std::future::ready(Ok(Vec::new())))
    }

    /// What a web page of another origin may do; none if this service never answers one. A preflight (`OPTIONS`) has no
    /// sender whose name is known.
    fn cross_origin(&self, _head: &Head) -> Option<CrossOrigin> {
        None
    }

    /// Takes a form whose policy was signed by the caller, or one without a policy of a stranger who was let in; none if this
    /// service takes no forms.
    fn post<'a>(&'a self, _caller: &'a Caller, _form: Form) -> Option<Posting<'a>> {
        None
    }

    /// The answer to a body beyond the limit.
    fn body_too_large(&self, operation: &Operation) -> AwsError {
        let Operation { name, too_large: (code, status), .. } = operation;
        let limit = self.body_limit(operation);
        let message = format!("Request must be smaller than {limit} bytes for the {name} operation");
        AwsError::new(*code, message).status(*status)
    }

    /// The largest body that an operation takes: what its facts say, but for what stands in for a service.
    fn body_limit(&self, operation: &Operation) -> u64 {
        operation.body_limit
    }
}
