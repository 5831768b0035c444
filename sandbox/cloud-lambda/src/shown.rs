//! Which engine runs a function, and which program of this machine reads those of a runtime: AWS has no operations for that.

use std::sync::Arc;

use async_trait::async_trait;
use cloud_core::ports::inspection::parameter;
use cloud_core::{AwsError, Inspection};
use serde_json::{Value, json};

use crate::Lambda;
use crate::shapes::Code;

/// Makes it known to the cloud.
pub(crate) fn register(service: &Lambda) {
    service.context().peers().add_inspection(crate::SERVICE, Arc::new(Shown(service.clone())));
}

struct Shown(Lambda);

#[async_trait]
impl Inspection for Shown {
    async fn show(&self, what: &str, parameters: &[(String, String)]) -> Result<Option<Value>, AwsError> {
        let named = |name| {
            let wrong = || {
                let message = format!("Name what is to be shown: ?{name}=NAME.");
                Code::InvalidParameterValueException.error(message)
            };
            parameter(parameters, name).ok_or_else(wrong)
        };
        match what {
            "engine" => self.engine(named("function")?).map(Some),
            "interpreter" => Ok(Some(self.interpreter(named("runtime")?).await)),
            _ => Ok(None),
        }
    }
}

impl Shown {
    fn engine(&self, function: &str) -> Result<Value, AwsError> {
        let (name, function) = self.0.find(function, None)?;
        let missing = || name.not_found(self.0.context());
        let (version, _) = function.resolve(name.qualifier(), 1.0).ok_or_else(missing)?;
        // Nothing is made ready because somebody looks.
        Ok(json!({ "engine": self.0.versions().engine(&name.name, version) }))
    }

    async fn interpreter(&self, runtime: &str) -> Value {
        match self.0.versions().interpreter(runtime).await {
            Some(found) => {
                json!({ "program": found.program.display().to_string(), "version": found.version })
            }
            None => json!({ "program": null }),
        }
    }
}
