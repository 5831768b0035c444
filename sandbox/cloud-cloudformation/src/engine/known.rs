//! What the engine holds in memory.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::change_sets::ChangeSets;
use crate::state::Stack;

/// What is held in memory; the records have the same.
#[derive(Default)]
pub(super) struct Known {
    pub(super) stacks: BTreeMap<String, Arc<Stack>>,
    pub(super) change_sets: ChangeSets,
}

impl Known {
    /// The definitions that a stack had, or was to have, and that nothing refers to once it is so.
    pub(super) fn dropped_definitions(&self, stack: &Stack) -> Vec<String> {
        let Some(before) = self.stacks.get(&stack.id) else { return Vec::new() };
        let of_sets = |id: &String| self.change_sets.of(&stack.id).any(|set| set.definition.as_ref() == Some(id));
        let stays = |id: &&String| stack.definitions().any(|kept| kept == *id) || of_sets(id);
        before.definitions().filter(|id| !stays(id)).cloned().collect()
    }

    /// The definition of a change set, if neither its stack nor another change set has it.
    pub(super) fn definition_of_alone(&self, set: &str) -> Option<String> {
        let set = self.change_sets.find(set, None)?;
        let id = set.definition.clone()?;
        let others = self.change_sets.of(&set.stack_id).filter(|other| other.id != set.id);
        let of_stack = self.stacks.get(&set.stack_id).is_some_and(|stack| stack.definitions().any(|kept| *kept == id));
        let is_used = of_stack || others.into_iter().any(|other| other.definition.as_ref() == Some(&id));
        (!is_used).then_some(id)
    }
}
