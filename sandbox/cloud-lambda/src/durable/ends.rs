//! What follows from the end of an execution: whoever called it is told, and what failed that nobody waited for goes where the
//! function sends such.

use cloud_store::Transaction;

use super::{Durable, Ended};
use crate::records::Durables;
use crate::state::durable::{Closed, Draft, Ending, Status};

/// How an execution ended.
fn closed(status: Status, ending: Ending) -> Closed {
    match status {
        Status::Succeeded => Closed::Succeeded(ending.result),
        Status::TimedOut => Closed::TimedOut(ending.error),
        Status::Stopped => Closed::Stopped(ending.error),
        _ => Closed::Failed(ending.error),
    }
}

impl Durable {
    /// Does what follows from the end of an execution, in the transaction that ends it.
    pub(super) fn follow(
        &self,
        transaction: &mut Transaction<'_>,
        draft: &Draft,
    ) -> Result<(), cloud_delivery::Error> {
        let (execution, ending) = (&draft.execution, draft.ending.clone().unwrap_or_default());
        if let Some(parent) = &execution.parent {
            let operations = [parent.operation.as_str()];
            let waiting = self.durables().draft(transaction, &parent.execution, operations, draft.now)?;
            if let Some(mut waiting) = waiting {
                waiting.called(&parent.operation, &closed(execution.status, ending));
                self.save(transaction, &waiting)?;
            }
        } else if !execution.is_awaited {
            let input = Durables::input_within(transaction, &execution.id)?.unwrap_or_default();
            let answer = Ended { execution: execution.clone().into(), ending }.ran();
            self.0.queue.announce_end(transaction, execution, input, answer)?;
        }
        Ok(())
    }
}
