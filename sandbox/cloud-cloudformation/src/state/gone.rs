//! Stacks that are deleted can be looked at for a while, and are forgotten then.

use std::cmp::Reverse;

use jiff::{SignedDuration, Timestamp};

use super::Stack;

/// How long deleted stacks can be looked at.
// AWS: "ListStacks": 90 days.
const KEEP: SignedDuration = SignedDuration::from_hours(90 * 24);

/// How many of them, each with its resources counted, are kept at most: they are held in memory.
// LIMIT: AWS keeps all of the last 90 days.
const MOST: usize = 50_000;

/// The ids of those that are to be forgotten: what was deleted last stays.
pub(crate) fn forgotten<'a>(stacks: impl Iterator<Item = &'a Stack>, now: Timestamp) -> Vec<String> {
    let gone = stacks.filter_map(|stack| Some((stack.deleted?, stack)));
    let mut gone: Vec<_> = gone.filter(|(_, stack)| stack.operation.is_none()).collect();
    gone.sort_by_key(|(deleted, _)| Reverse(*deleted));
    let mut held = 0;
    let is_over = |(deleted, stack): &(Timestamp, &Stack)| {
        held += 1 + stack.resources.len();
        held > MOST || now.duration_since(*deleted) > KEEP
    };
    gone.into_iter().filter(is_over).map(|(_, stack)| stack.id.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_deleted_is_kept_for_ninety_days_and_in_so_many_numbers() {
        let now = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(365 * 24);
        let stack = |id: usize, days: Option<i64>| {
            let deleted = days.map(|days| now - SignedDuration::from_hours(24 * days));
            Stack { deleted, ..Stack::new(id.to_string(), "s".to_owned(), now) }
        };
        let few = [stack(0, None), stack(1, Some(90)), stack(2, Some(91)), stack(3, Some(0))];
        assert_eq!(forgotten(few.iter(), now), ["2"]);
        let many: Vec<Stack> = (0..MOST).map(|id| stack(id, Some(1))).chain([stack(MOST, Some(2))]).collect();
        assert_eq!(forgotten(many.iter(), now), [MOST.to_string()]);
        assert_eq!(forgotten(many[1..].iter(), now), Vec::<String>::new());
    }
}
