//! The change sets that are held in memory, and how many there may be.

use std::collections::BTreeMap;
use std::sync::Arc;

use cloud_core::AwsError;

use crate::quotas;
use crate::shapes::Code;
use crate::state::{ChangeSet, Stack};
use crate::template::Weight;

/// Bytes that the change sets of all stacks take: each holds the properties of its changes.
// LIMIT: AWS knows no such limit.
const MOST_BYTES: usize = 256 * 1024 * 1024;
/// What a property's value takes beside its text, its name's place in a map included.
const VALUE: usize = 160;
/// What a change set and each of its changes take beside their properties and texts.
const EACH: usize = 1024;

/// The change sets by their ARNs.
#[derive(Default)]
pub(super) struct ChangeSets {
    by_id: BTreeMap<String, Arc<ChangeSet>>,
    bytes: usize,
}

impl FromIterator<ChangeSet> for ChangeSets {
    fn from_iter<I: IntoIterator<Item = ChangeSet>>(sets: I) -> Self {
        let mut all = Self::default();
        sets.into_iter().for_each(|set| all.insert(Arc::new(set)));
        all
    }
}

impl ChangeSets {
    /// Those of a stack.
    pub(super) fn of<'a>(&'a self, stack_id: &'a str) -> impl Iterator<Item = &'a Arc<ChangeSet>> {
        self.by_id.values().filter(move |set| set.stack_id == stack_id)
    }

    /// That of the ARN, or of the name and stack. Where a stack is named it has to be that stack's.
    pub(super) fn find(&self, name_or_id: &str, stack: Option<&Stack>) -> Option<Arc<ChangeSet>> {
        let is_of = |set: &&Arc<ChangeSet>| stack.is_none_or(|stack| stack.id == set.stack_id);
        let by_name = || self.of(&stack?.id).find(|set| set.name == name_or_id);
        self.by_id.get(name_or_id).filter(is_of).or_else(by_name).cloned()
    }

    /// Takes one in, in the place of what it was before.
    pub(super) fn insert(&mut self, set: Arc<ChangeSet>) {
        self.bytes += weight(&set);
        let before = self.by_id.insert(set.id.clone(), set);
        self.bytes -= before.map_or(0, |before| weight(&before));
    }

    /// Lets one go.
    pub(super) fn remove(&mut self, id: &str) {
        let before = self.by_id.remove(id);
        self.bytes -= before.map_or(0, |before| weight(&before));
    }

    /// That there is room for that one.
    pub(super) fn expect_room(&self, set: &ChangeSet) -> Result<(), AwsError> {
        quotas::CHANGE_SETS.check_of(self.of(&set.stack_id).count() + 1, &[("stack", &set.stack_id)])?;
        if self.bytes + weight(set) <= MOST_BYTES {
            return Ok(());
        }
        Err(Code::LimitExceededException.error(format!(
            "The change sets of all stacks would take more than {MOST_BYTES} bytes. Delete those that are not needed any \
             more, or change fewer resources at once."
        )))
    }
}

/// The memory that a change set takes, estimated from above.
fn weight(set: &ChangeSet) -> usize {
    let texts = [&set.description, &set.failure].into_iter().flatten().map(String::len).sum::<usize>();
    let changes = set.changes.iter().map(|change| {
        let properties = [&change.before, &change.after].into_iter().flatten().map(|properties| {
            let weight = Weight::of_members(properties);
            weight.bytes + weight.values * VALUE
        });
        let names = change.properties.iter().map(|(name, _)| name.len() + VALUE);
        let causes = change.causes.values().flatten().count() * EACH;
        EACH + properties.chain(names).sum::<usize>() + causes
    });
    EACH + texts + changes.sum::<usize>()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jiff::Timestamp;
    use serde_json::{Map, Value};

    use super::*;
    use crate::state::Change;
    use crate::state::change_set::{ChangeAction, Execution, Replacement};
    use crate::state::operation::OnFailure;

    fn set(number: usize, stack: usize, bytes: usize) -> ChangeSet {
        let after = Map::from_iter([("Value".to_owned(), Value::from("x".repeat(bytes)))]);
        let change = Change {
            action: ChangeAction::Add,
            logical_id: "A".into(),
            physical_id: None,
            type_name: "Test::Thing".into(),
            replacement: Replacement::False,
            properties: Vec::new(),
            conditional: BTreeSet::new(),
            causes: BTreeMap::new(),
            metadata: false,
            retained: false,
            before: None,
            after: Some(after),
        };
        ChangeSet {
            id: format!("id{number}"),
            name: format!("name{number}"),
            stack_id: format!("stack{stack}"),
            stack_name: "s".into(),
            creates: false,
            description: None,
            created: Timestamp::UNIX_EPOCH,
            definition: None,
            failure: None,
            execution: Execution::Available,
            changes: vec![change],
            findings: Vec::new(),
            request: None,
            on_failure: OnFailure::Rollback,
        }
    }

    #[test]
    fn a_stack_has_a_thousand_and_all_together_so_many_bytes() {
        const MOST: usize = quotas::CHANGE_SETS.most;
        let told = |sets: &ChangeSets, set: &ChangeSet| {
            sets.expect_room(set).err().map(|error| error.message().to_owned())
        };
        let mut sets: ChangeSets = (0..MOST).map(|number| set(number, 1, 10)).collect();
        let refused = told(&sets, &set(MOST, 1, 10));
        assert_eq!(refused.as_deref(), Some("ChangeSet limit exceeded for stack stack1"));
        assert_eq!(told(&sets, &set(MOST, 2, 10)), None);
        sets.remove("id7");
        assert_eq!(told(&sets, &set(MOST, 1, 10)), None);

        for number in 0..63 {
            let large = set(2000 + number, 2 + number, 4 << 20);
            assert_eq!(told(&sets, &large), None, "{number}");
            sets.insert(Arc::new(large));
        }
        let refused = told(&sets, &set(3000, 99, 4 << 20)).expect("too much");
        assert!(refused.contains("more than 268435456 bytes"), "{refused}");
        sets.insert(Arc::new(set(2000, 2, 0)));
        assert_eq!(told(&sets, &set(3000, 99, 4 << 20)), None, "what takes its place is what counts");
    }
}
