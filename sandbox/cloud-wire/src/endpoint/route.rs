//! Which service and which operation a request means.

use std::sync::Arc;

use cloud_core::{AwsError, InUse};
use http::Method;

use crate::head::Head;
use crate::model::{Operation, Protocol, ServiceModel};
use crate::query::Parameters;
use crate::rest::{Labels, Template};
use crate::schema::Location;
use crate::service::Service;

/// All services, their path templates taken apart.
pub(super) struct Routes {
    mounts: Vec<Arc<Mount>>,
}

/// One service.
pub(super) struct Mount {
    pub service: Arc<dyn Service>,
    /// Keeps the service's realm open.
    _open: Option<InUse>,
    pub model: &'static ServiceModel,
    paths: Arc<[(&'static Operation, Template)]>,
    /// Whether a host's name may be the first part of the path.
    has_buckets: bool,
}

/// An operation that was found.
pub(super) struct Found {
    pub operation: &'static Operation,
    pub labels: Labels,
}

impl Routes {
    pub(super) fn of(services: Vec<Arc<dyn Service>>) -> Self {
        let mounts = services.into_iter().map(|service| {
            let model = service.model();
            let rest = matches!(model.protocol, Protocol::RestJson | Protocol::RestXml);
            let operations = model.operations.iter().filter(|_| rest);
            let has_buckets = model.operations.iter().any(|operation| operation.uri.starts_with("/{Bucket}"));
            let paths = operations.map(|operation| (*operation, Template::of(operation.uri))).collect();
            Arc::new(Mount { service, _open: None, model, paths, has_buckets })
        });
        Self { mounts: mounts.collect() }
    }

    /// All services.
    pub(super) fn mounts(&self) -> impl Iterator<Item = &Arc<Mount>> {
        self.mounts.iter()
    }

    /// The service that a signed request is for. Several may share a signing name: then the target's prefix, the API
    /// version or the path decides.
    pub(super) fn signed(&self, signing_name: &str, head: &Head) -> Option<&Arc<Mount>> {
        let mut candidates =
            self.mounts.iter().filter(|mount| mount.model.signing_name == signing_name).peekable();
        let first = *candidates.peek()?;
        let fitting = candidates.find(|mount| match mount.model.spoken(head) {
            Protocol::Cbor => mount.in_path(head).is_some(),
            Protocol::Json10 | Protocol::Json11 => mount.target(head).is_some(),
            Protocol::Query => true,
            Protocol::RestJson | Protocol::RestXml => mount.by_path(head).is_some(),
        });
        Some(fitting.unwrap_or(first))
    }

    /// The service whose form an answer to an unsigned request has.
    pub(super) fn unsigned(&self, head: &Head) -> Option<&Arc<Mount>> {
        let form = head
            .header("content-type")
            .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
        let of =
            |protocol: Protocol| self.mounts.iter().filter(move |mount| mount.model.protocol == protocol);
        if head.header("smithy-protocol").is_some() {
            return self.mounts.iter().find(|mount| mount.in_path(head).is_some());
        }
        if head.header("x-amz-target").is_some() {
            return self.mounts.iter().find(|mount| mount.target(head).is_some());
        }
        if form || head.parameter("Action").is_some() {
            return of(Protocol::Query).next();
        }
        of(Protocol::RestJson)
            .find(|mount| mount.by_path(head).is_some())
            .or_else(|| of(Protocol::RestXml).next())
    }
}

impl Mount {
    /// Another service of the same model, whose realm is open for as long.
    pub(super) fn with(&self, service: Arc<dyn Service>, open: InUse) -> Self {
        let (model, paths, has_buckets) = (self.model, Arc::clone(&self.paths), self.has_buckets);
        Self { service, _open: Some(open), model, paths, has_buckets }
    }

    /// The operation that a request means; the parameters are the query protocol's.
    pub(super) fn find(&self, head: &Head, parameters: &Parameters) -> Result<Found, AwsError> {
        let found = |operation| Found { operation, labels: Labels::new() };
        match self.model.spoken(head) {
            Protocol::Cbor => {
                let name = self.in_path(head).filter(|_| head.method == Method::POST);
                let operation = name.and_then(|name| self.model.operation(name));
                operation.map(found).ok_or_else(|| unknown_operation().status(404))
            }
            Protocol::Json10 | Protocol::Json11 => {
                let name = self.target(head).unwrap_or_default();
                self.model.operation(name).map(found).ok_or_else(unknown_operation)
            }
            Protocol::Query => {
                let name = parameters.get("Action").ok_or_else(|| {
                    AwsError::new(
                        "MissingAction",
                        "The request is missing an action or a required parameter.",
                    )
                })?;
                let version = parameters.get("Version").unwrap_or(self.model.api_version);
                let operation = self.model.operation(name).filter(|_| version == self.model.api_version);
                operation.map(found).ok_or_else(|| {
                    AwsError::new(
                        "InvalidAction",
                        format!("Could not find operation {name} for version {version}"),
                    )
                })
            }
            Protocol::RestJson => self.by_path(head).ok_or_else(|| unknown_operation().status(404)),
            Protocol::RestXml => self.by_path(head).ok_or_else(|| self.not_by_path(head)),
        }
    }

    /// The path that operations are found by.
    fn path<'a>(&self, head: &'a Head) -> &'a str {
        if self.has_buckets { &head.routed_path } else { &head.path }
    }

    /// The operation's name in `X-Amz-Target`, if the prefix is this service's.
    fn target<'a>(&self, head: &'a Head) -> Option<&'a str> {
        head.header("x-amz-target")?.strip_prefix(self.model.target_prefix)?.strip_prefix('.')
    }

    /// The operation's name in `/service/NAME/operation/NAME`, if the first is this service's.
    fn in_path<'a>(&self, head: &'a Head) -> Option<&'a str> {
        let service = head.path.strip_prefix("/service/")?.strip_prefix(self.model.target_prefix)?;
        service.strip_prefix("/operation/")
    }

    /// The operation whose path fits best: most literal segments, then most of the parameters and headers that it
    /// demands (`UploadPart` before `PutObject`).
    fn by_path(&self, head: &Head) -> Option<Found> {
        let fitting = self.paths.iter().filter(|(operation, _)| method_fits(operation.method, &head.method));
        let mut best: Option<((usize, usize), Found)> = None;
        for (operation, template) in fitting {
            let Some(labels) = template.path(self.path(head)) else { continue };
            let Some(demands) = demands(operation, template, head) else { continue };
            let rank = (template.literals(), demands);
            if best.as_ref().is_none_or(|(present, _)| rank > *present) {
                best = Some((rank, Found { operation, labels }));
            }
        }
        let (_, found) = best?;
        let asks_for_other = self
            .model
            .selectors
            .iter()
            .any(|selector| head.parameter(selector).is_some() && !accepts(found.operation, selector));
        (!asks_for_other).then_some(found)
    }

    fn not_by_path(&self, head: &Head) -> AwsError {
        let known = self.paths.iter().any(|(_, template)| template.path(self.path(head)).is_some());
        if known && self.model.selectors.iter().any(|selector| head.parameter(selector).is_some()) {
            return AwsError::new(
                "NotImplemented",
                "A header or query you provided implies functionality that is not implemented.",
            )
            .status(501);
        }
        AwsError::new("MethodNotAllowed", "The specified method is not allowed against this resource.")
            .status(405)
    }
}

fn method_fits(wanted: &str, given: &Method) -> bool {
    wanted == given.as_str()
}

/// How many demanded parameters and headers the request has; none if one is missing.
fn demands(operation: &Operation, template: &Template, head: &Head) -> Option<usize> {
    let mut count = 0;
    for (name, value) in &template.selectors {
        let given = head.parameter(name)?;
        if !value.is_empty() && given != *value {
            return None;
        }
        count += 1;
    }
    for member in operation.input.members().iter().filter(|member| member.required) {
        match member.location {
            Location::Query if head.parameter(member.wire).is_none() => return None,
            // AWS: only S3 tells operations apart by a header, CopyObject by its source.
            Location::Header if member.wire == "x-amz-copy-source" && head.header(member.wire).is_none() => {
                return None;
            }
            Location::Query => count += 1,
            Location::Header if member.wire == "x-amz-copy-source" => count += 1,
            _ => {}
        }
    }
    Some(count)
}

/// Whether a parameter that selects operations belongs to this one.
fn accepts(operation: &Operation, selector: &str) -> bool {
    let query = operation.uri.split_once('?').map_or("", |(_, query)| query);
    query.split('&').any(|part| part == selector)
        || operation
            .input
            .members()
            .iter()
            .any(|member| member.location == Location::Query && member.wire == selector)
}

fn unknown_operation() -> AwsError {
    AwsError::new("UnknownOperationException", "The requested operation is not recognized by the service.")
}
