//! What the engine holds in memory.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::change_sets::ChangeSets;
use crate::state::gone::forgotten;
use crate::state::stack::Unsaved;
use crate::state::{Stack, part};

/// What is held in memory; the records have the same.
#[derive(Default)]
pub(super) struct Known {
    pub(super) stacks: BTreeMap<String, Arc<Stack>>,
    pub(super) change_sets: ChangeSets,
}

impl Known {
    /// What a stack that is to be kept changes beside its own record.
    pub(super) fn compare(&self, stack: &Stack, unsaved: &mut Unsaved) {
        let kept = self.stacks.get(&stack.id);
        let before = kept.and_then(|kept| kept.operation.as_ref());
        unsaved.parts = part::differences(before, stack.operation.as_ref());
        unsaved.definitions = kept.map(|kept| self.dropped_definitions(kept, stack)).unwrap_or_default();
    }

    /// What is to be forgotten now that one more stack is deleted.
    pub(super) fn forget(&self, stack: &Stack, unsaved: &mut Unsaved, now: Timestamp) {
        if stack.deleted.is_none() || stack.operation.is_some() {
            return;
        }
        let others = self.stacks.values().filter(|other| other.id != stack.id).map(|other| &**other);
        unsaved.forgotten = forgotten(others.chain([stack]), now);
        for id in &unsaved.forgotten {
            let of_sets: Vec<_> = self.change_sets.of(id).filter_map(|set| set.definition.as_ref()).collect();
            let definitions = self.stacks.get(id).into_iter().flat_map(|gone| gone.definitions());
            unsaved.definitions.extend(definitions.filter(|id| !of_sets.contains(id)).cloned());
        }
    }

    /// The definitions that a stack had, or was to have, and that nothing refers to once it is so.
    fn dropped_definitions(&self, before: &Stack, stack: &Stack) -> Vec<String> {
        let of_sets =
            |id: &String| self.change_sets.of(&stack.id).any(|set| set.definition.as_ref() == Some(id));
        let stays = |id: &&String| stack.definitions().any(|kept| kept == *id) || of_sets(id);
        before.definitions().filter(|id| !stays(id)).cloned().collect()
    }

    /// The definition of a change set, if neither its stack nor another change set has it.
    pub(super) fn definition_of_alone(&self, set: &str) -> Option<String> {
        let set = self.change_sets.find(set, None)?;
        let id = set.definition.clone()?;
        let others = self.change_sets.of(&set.stack_id).filter(|other| other.id != set.id);
        let of_stack =
            self.stacks.get(&set.stack_id).is_some_and(|stack| stack.definitions().any(|kept| *kept == id));
        let is_used = of_stack || others.into_iter().any(|other| other.definition.as_ref() == Some(&id));
        (!is_used).then_some(id)
    }
}
