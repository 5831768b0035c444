//! The definitions of stacks and change sets: read from the records while operations replace and remove them.

use std::sync::Arc;

use cloud_core::AwsError;

use super::Engine;
use crate::shapes::Code;
use crate::state::{ChangeSet, Definition, Stack};

impl Engine {
    /// Keeps a definition.
    pub async fn keep_definition(&self, definition: &Definition) -> Result<(), AwsError> {
        self.records().save_definition(definition).await
    }

    /// A definition that cannot go meanwhile: its owner is held by the gate, or by the operation that asks.
    pub async fn definition(&self, id: &str) -> Result<Arc<Definition>, AwsError> {
        self.records().definition(id).await?.ok_or_else(|| missing(id))
    }

    /// A stack with the definition that it has: the newer one of both where an operation ended since the stack was found.
    pub async fn defined(
        &self,
        mut stack: Arc<Stack>,
    ) -> Result<(Arc<Stack>, Option<Arc<Definition>>), AwsError> {
        while let Some(id) = &stack.definition {
            if let Some(definition) = self.records().definition(id).await? {
                return Ok((stack, Some(definition)));
            }
            self.records().catch_up().await?;
            stack = match self.find(&stack.id) {
                Some(newer) if newer.definition != stack.definition => newer,
                Some(_) => return Err(missing(id)),
                // Stacks are forgotten long after they were deleted.
                None => return Ok((stack, None)),
            };
        }
        Ok((stack, None))
    }

    /// The definitions that a stack has, and is to have, but for those that went since it was found.
    pub async fn definitions(&self, stack: &Stack) -> Result<Vec<Arc<Definition>>, AwsError> {
        let mut found = Vec::new();
        for id in stack.definitions() {
            if let Some(definition) = self.records().definition(id).await? {
                found.push(definition);
                continue;
            }
            self.records().catch_up().await?;
            let now = self.find(&stack.id);
            if now.is_some_and(|now| now.definitions().any(|kept| kept == id)) {
                return Err(missing(id));
            }
        }
        Ok(found)
    }

    /// The definition of a change set; the change set is none any more where it was deleted since it was found.
    pub async fn definition_of_set(&self, set: &ChangeSet) -> Result<Option<Arc<Definition>>, AwsError> {
        let Some(id) = &set.definition else { return Ok(None) };
        if let Some(definition) = self.records().definition(id).await? {
            return Ok(Some(definition));
        }
        self.records().catch_up().await?;
        Err(match self.find_change_set(&set.id, None) {
            Some(_) => missing(id),
            None => no_change_set(&set.name),
        })
    }
}

fn missing(id: &str) -> AwsError {
    AwsError::internal(format!("definition {id} is not kept"))
}

/// AWS: the words for a change set that is not there.
pub fn no_change_set(name: &str) -> AwsError {
    Code::ChangeSetNotFoundException.error(format!("ChangeSet [{name}] does not exist"))
}
