//! Functions that an execution calls: others' executions, and functions that are none.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use cloud_core::{Arn, AwsError, RequestId, Trace};

use super::envelope::error_of;
use super::{Durable, Wanted, config, expect_qualified};
use crate::Lambda;
use crate::callees::Callee;
use crate::invoke::Event;
use crate::leave;
use crate::names::FunctionName;
use crate::shapes::{ErrorObject, OperationAction, OperationType, OperationUpdate};
use crate::state::durable::{Call, Calls, Closed, Draft, ExecutionArn, Parent};

/// How long is waited before a function is called again that does not run now.
const AGAIN: Duration = Duration::from_secs(1);
const MOST_AGAIN: Duration = Duration::from_mins(5);

/// What the functions that a checkpoint calls are: the version, and the execution that is to be started where they are
/// durable, with its ARN. One that is not there is told when it is called.
pub(crate) fn resolve(service: &Lambda, updates: &[OperationUpdate]) -> Calls {
    let starts = updates.iter().filter(|update| {
        update.r#type == OperationType::ChainedInvoke && update.action == OperationAction::Start
    });
    let resolved = starts.filter_map(|update| {
        let options = update.chained_invoke_options.as_ref()?;
        let name = FunctionName::parse(service.context(), &options.function_name, None).ok()?;
        let callee = service.runner().callee(&name).ok()?;
        let (version, _) = callee.function.resolve(name.qualifier(), service.runner().chance())?;
        let execution = config(&callee).map(|_| {
            let unique = || service.context().entropy().uuid().to_string();
            let (function, version) = (name.name.clone(), version.to_owned());
            ExecutionArn { function, version, name: unique(), id: unique() }
        });
        let arn = execution.as_ref().map(|execution| execution.text(service.context()));
        Some((update.id.clone(), (Some(version.to_owned()), execution, arn)))
    });
    resolved.collect()
}

impl Durable {
    /// Calls the function of an operation until it was called, and keeps what came of it; an execution that was started tells
    /// that itself when it ends.
    pub(super) async fn call(&self, id: &str, operation: &str) {
        let mut wait = AGAIN;
        loop {
            match self.call_once(id, operation).await {
                Ok(()) => return,
                Err(error) => {
                    tracing::info!(%error, execution = id, operation, "a function that is called does not run now");
                }
            }
            self.0.context.clock().wait(wait).await;
            wait = wait.saturating_mul(2).min(MOST_AGAIN);
        }
    }

    async fn call_once(&self, id: &str, operation: &str) -> Result<(), AwsError> {
        let Some(execution) = self.durables().get(id).await? else { return Ok(()) };
        let kept = self.durables().operation(id, operation).await?;
        let Some(call) = kept.filter(|kept| !kept.is_done()).and_then(|kept| kept.call) else {
            return Ok(());
        };
        let refused = |error: &AwsError| Closed::Failed(Some(told(error)));
        let parent = Parent { execution: id.to_owned(), operation: operation.to_owned() };
        let trace = Trace::of(call.trace.as_deref().unwrap_or(&execution.trace));
        let closed = match self.called(&execution.function, &execution.version, &call).await {
            Ok(callee) => match self.run_call(&callee, call, parent, trace).await {
                Ok(closed) => closed,
                // Such may end.
                Err(error) if error.http_status() == 429 || error.http_status() >= 500 => return Err(error),
                Err(error) => Some(refused(&error)),
            },
            Err(error) => Some(refused(&error)),
        };
        let Some(closed) = closed else { return Ok(()) };
        let name = operation.to_owned();
        let change = move |draft: &mut Draft| {
            draft.called(&name, &closed);
            Ok(())
        };
        self.change(id, vec![operation.to_owned()], change).await
    }

    /// The function that is called, if the role of the one that calls it may.
    async fn called(&self, function: &str, version: &str, call: &Call) -> Result<Arc<Callee>, AwsError> {
        let context = &self.0.context;
        let name = FunctionName::parse(context, &call.function, None)?;
        let callee = self.0.runner.callee(&name)?;
        if config(&callee).is_some() {
            expect_qualified(&name)?;
        }
        let own = self.0.records.get(function);
        let role = own.as_ref().and_then(|own| own.version(version)?.configuration.role.as_deref());
        let Some(role) = role.and_then(|role| role.parse::<Arn>().ok()) else { return Ok(callee) };
        let target: Arn = name.arn(context).parse().map_err(AwsError::internal)?;
        let Some(access) = context.peers().access(&target).await? else { return Ok(callee) };
        match leave::denied(context, &role, function, access).await? {
            None => Ok(callee),
            Some(denial) => Err(AwsError::access_denied(denial.to_string())),
        }
    }

    /// Runs a function, or starts an execution that answers later.
    async fn run_call(
        &self,
        callee: &Arc<Callee>,
        call: Call,
        parent: Parent,
        trace: Trace,
    ) -> Result<Option<Closed>, AwsError> {
        let request_id = RequestId::random(self.0.context.entropy()).to_string();
        let payload = Bytes::from(call.payload);
        if let Some(arn) = call.execution {
            let wanted = Wanted {
                name: None,
                payload,
                request_id,
                trace,
                is_awaited: false,
                child: Some((parent, arn)),
            };
            self.start(callee, wanted).await?;
            return Ok(None);
        }
        let function = callee.name.clone();
        let event = Event { function, request_id, payload, client_context: None, trace };
        let ran = self.0.runner.run_by(Arc::clone(callee), event).await?;
        Ok(Some(match &ran.outcome.error {
            Some(error) => Closed::Failed(Some(error_of(error))),
            None => Closed::Succeeded(String::from_utf8(ran.outcome.payload.into()).ok()),
        }))
    }
}

/// Why a function was not called, as an operation tells it.
fn told(error: &AwsError) -> ErrorObject {
    ErrorObject {
        error_type: Some(error.code().to_owned()),
        error_message: Some(error.message().to_owned()),
        ..ErrorObject::default()
    }
}
