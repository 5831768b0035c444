//! One execution, brought to what its record says: its function is invoked when that is due, the functions that it calls are
//! called, and when it is to be removed it is. Whatever ends this, the record says how to go on.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::Bytes;
use cloud_core::{AwsError, RequestId, Trace};
use tokio::task::JoinSet;

use super::envelope::{self, Told};
use super::{Durable, Worker};
use crate::invoke::Event;
use crate::names::FunctionName;
use crate::shapes::ErrorObject;
use crate::state::durable::{Closed, Draft, Execution, ExecutionArn, Open, Outcome, Status};

/// How long is waited where the store fails.
const AGAIN: Duration = Duration::from_secs(5);

/// What is under way for an execution.
enum Done {
    /// Its function was invoked.
    Invoked,
    /// A function that it calls was called.
    Called,
}

/// Keeps an execution until nothing is to be done for it, or until all are stopped.
pub(super) async fn keep(own: Durable, id: String, worker: Arc<Worker>) {
    let guard = Leaving { own: own.clone(), id: id.clone(), worker: Arc::clone(&worker) };
    let mut work = Work { own, id, is_invoking: false, called: HashSet::new(), under_way: JoinSet::new() };
    let mut stopping = work.own.0.stopping.subscribe();
    loop {
        worker.is_told.store(false, Ordering::SeqCst);
        if *stopping.borrow() {
            return;
        }
        if let Err(error) = work.bring().await {
            tracing::warn!(%error, execution = work.id, "a durable execution could not be brought on");
            work.own.0.context.clock().wait(AGAIN).await;
            continue;
        }
        if work.under_way.is_empty() {
            if guard.leaves() {
                return;
            }
            continue;
        }
        tokio::select! {
            () = worker.told.notified() => {}
            _ = stopping.changed() => {}
            done = work.under_way.join_next() => match done {
                Some(Ok(Done::Called)) | None => {}
                // A panic was told already.
                Some(Ok(Done::Invoked) | Err(_)) => work.is_invoking = false,
            },
        }
    }
}

/// Takes a worker from among those that work.
struct Leaving {
    own: Durable,
    id: String,
    worker: Arc<Worker>,
}

impl Leaving {
    /// Whether it may go: nobody told it anything since it looked.
    fn leaves(&self) -> bool {
        let mut workers = self.own.workers();
        if self.worker.is_told.load(Ordering::SeqCst) {
            return false;
        }
        workers.remove(&self.id);
        true
    }
}

impl Drop for Leaving {
    fn drop(&mut self) {
        let mut workers = self.own.workers();
        if workers.get(&self.id).is_some_and(|present| Arc::ptr_eq(present, &self.worker)) {
            workers.remove(&self.id);
        }
    }
}

struct Work {
    own: Durable,
    id: String,
    is_invoking: bool,
    /// Operations whose functions were called.
    called: HashSet<String>,
    under_way: JoinSet<Done>,
}

impl Work {
    /// Begins what the record says is to be done.
    async fn bring(&mut self) -> Result<(), AwsError> {
        let Some(execution) = self.own.durables().get(&self.id).await? else { return Ok(()) };
        if execution.status == Status::Deleting {
            while !self.own.durables().remove(&execution).await? {}
            return Ok(());
        }
        if !execution.is_live() {
            return Ok(());
        }
        if execution.invocation.is_some() && !self.is_invoking {
            // Of a process before this one.
            let interrupt = |draft: &mut Draft| {
                draft.interrupted();
                Ok(())
            };
            return self.own.change(&self.id, Vec::new(), interrupt).await;
        }
        if execution.is_due && !self.is_invoking && !execution.is_paused() {
            self.is_invoking = true;
            let (own, id) = (self.own.clone(), self.id.clone());
            self.under_way.spawn(async move {
                if let Err(error) = own.invoke(&id).await {
                    tracing::warn!(%error, execution = id, "what an invocation came to could not be kept");
                }
                Done::Invoked
            });
        }
        let calls = execution.open.iter().filter(|(_, open)| **open == Open::Call).map(|(id, _)| id);
        for operation in calls {
            if self.called.insert(operation.clone()) {
                let (own, id, operation) = (self.own.clone(), self.id.clone(), operation.clone());
                self.under_way.spawn(async move {
                    own.call(&id, &operation).await;
                    Done::Called
                });
            }
        }
        Ok(())
    }
}

impl Durable {
    /// Invokes an execution's function once, if that is due.
    async fn invoke(&self, id: &str) -> Result<(), AwsError> {
        let request_id = RequestId::random(self.0.context.entropy()).to_string();
        let new = request_id.clone();
        let begun = self.change(id, Vec::new(), move |draft| {
            let woke = draft.invoke(&new);
            Ok(woke.map(|woke| (woke, draft.execution.clone(), draft.execution.arn())))
        });
        let Some((woke, execution, arn)) = begun.await? else { return Ok(()) };
        let outcome = self.run_once(&execution, &arn, woke, &request_id).await;
        let take = move |draft: &mut Draft| {
            draft.invoked(&request_id, outcome);
            Ok(())
        };
        self.change(id, Vec::new(), take).await
    }

    async fn run_once(
        &self,
        execution: &Execution,
        arn: &ExecutionArn,
        woke: Vec<String>,
        request_id: &str,
    ) -> Outcome {
        let function = FunctionName { name: arn.function.clone(), qualifier: Some(arn.version.clone()) };
        let ran = async {
            let callee = self.0.runner.callee(&function)?;
            let payload = self.told(execution, arn, woke).await?;
            let event = Event {
                function: function.clone(),
                request_id: request_id.to_owned(),
                payload,
                client_context: None,
                trace: Trace::of(&execution.trace),
            };
            self.0.runner.run_by(callee, event).await
        };
        match ran.await {
            Ok(ran) => envelope::read(&ran.outcome),
            Err(error) if error.http_status() == 404 => Outcome::Closed(Closed::Failed(Some(ErrorObject {
                error_type: Some(error.code().to_owned()),
                error_message: Some(error.message().to_owned()),
                ..ErrorObject::default()
            }))),
            Err(error) => {
                tracing::info!(%error, execution = execution.id, "a durable execution's function does not run now");
                Outcome::NotRun
            }
        }
    }

    /// The event of an invocation.
    async fn told(
        &self,
        execution: &Execution,
        arn: &ExecutionArn,
        woke: Vec<String>,
    ) -> Result<Bytes, AwsError> {
        let (state, next) = self.durables().state(&execution.id, envelope::BOUNDS).await?;
        let told = Told {
            arn: arn.text(&self.0.context),
            execution: &execution.id,
            generation: execution.generation,
            state,
            next,
            woke,
        };
        told.event()
    }
}
