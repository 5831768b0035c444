//! What stands in for a service that could not be opened.

use cloud_core::{AwsError, Caller};

use crate::input::Input;
use crate::model::{Operation, ServiceModel};
use crate::service::{Pending, Service};

/// Answers every operation of a service with why it is not here, and what to do about it.
#[derive(Debug)]
pub struct Stopped {
    model: &'static ServiceModel,
    reason: String,
}

impl Stopped {
    /// In the place of the service of that model.
    pub fn new(model: &'static ServiceModel, reason: impl Into<String>) -> Self {
        Self { model, reason: reason.into() }
    }
}

impl Service for Stopped {
    fn model(&self) -> &'static ServiceModel {
        self.model
    }

    fn call<'a>(&'a self, _: &str, _: &'a Caller, _: Input) -> Option<Pending<'a>> {
        let error = AwsError::new("ServiceUnavailable", self.reason.clone()).status(503);
        Some(Box::pin(async move { Err(error) }))
    }

    fn validates(&self, _: &str) -> bool {
        false
    }

    fn body_limit(&self, _: &Operation) -> u64 {
        // Nothing of a body is read that is not asked for, but for what a signature covers.
        u64::from(u32::MAX)
    }
}
