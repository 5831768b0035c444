//! Who is told of what is done to a bucket's objects, as the bucket keeps it: which of its configurations hear of an event.
//! Pure. EventBridge hears of all events of a bucket that says so. What may be kept is in `check`, what is told in `message`.
// AWS: "Amazon S3 Event Notifications", "Configuring event notifications using object key name filtering".

pub(crate) mod cause;
pub(crate) mod check;
pub(crate) mod destinations;
pub(crate) mod message;

use cause::Event;

use crate::shapes::{
    Event as Listed, FilterRule, FilterRuleName, NotificationConfiguration, NotificationConfigurationFilter,
};

/// A kind of destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Topic,
    Queue,
    Function,
}

/// One configuration, whatever its destination is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Configuration<'a> {
    pub(crate) kind: Kind,
    pub(crate) id: Option<&'a str>,
    pub(crate) arn: &'a str,
    pub(crate) events: &'a [Listed],
    filter: Option<&'a NotificationConfigurationFilter>,
}

/// All configurations of a bucket.
pub(crate) fn all(kept: &NotificationConfiguration) -> Vec<Configuration<'_>> {
    let topics = kept.topic_configurations.iter().flatten().map(|one| Configuration {
        kind: Kind::Topic,
        id: one.id.as_deref(),
        arn: &one.topic_arn,
        events: &one.events,
        filter: one.filter.as_ref(),
    });
    let queues = kept.queue_configurations.iter().flatten().map(|one| Configuration {
        kind: Kind::Queue,
        id: one.id.as_deref(),
        arn: &one.queue_arn,
        events: &one.events,
        filter: one.filter.as_ref(),
    });
    let functions = kept.lambda_function_configurations.iter().flatten().map(|one| Configuration {
        kind: Kind::Function,
        id: one.id.as_deref(),
        arn: &one.lambda_function_arn,
        events: &one.events,
        filter: one.filter.as_ref(),
    });
    topics.chain(queues).chain(functions).collect()
}

impl Configuration<'_> {
    /// The rules of its filter.
    fn rules(&self) -> &[FilterRule] {
        let key = self.filter.and_then(|filter| filter.key.as_ref());
        key.and_then(|key| key.filter_rules.as_deref()).unwrap_or_default()
    }

    /// How keys begin or end that it is about; all do that with nothing.
    fn part(&self, name: &FilterRuleName) -> &str {
        let found = self.rules().iter().find(|rule| is_called(rule, name));
        found.and_then(|rule| rule.value.as_deref()).unwrap_or_default()
    }

    /// Whether it hears of an event of that key.
    pub(crate) fn hears(&self, event: Event, key: &str) -> bool {
        self.events.iter().any(|listed| covers(listed.as_str(), event.name()))
            && key.starts_with(self.part(&FilterRuleName::Prefix))
            && key.ends_with(self.part(&FilterRuleName::Suffix))
    }
}

// AWS: their names are the same in any case, and are shown with a capital.
fn is_called(rule: &FilterRule, name: &FilterRuleName) -> bool {
    rule.name.as_ref().is_some_and(|own| own.as_str().eq_ignore_ascii_case(name.as_str()))
}

/// Whether an event of a configuration is that one, `s3:` before it, or a group of them.
fn covers(listed: &str, name: &str) -> bool {
    let listed = listed.strip_prefix("s3:").unwrap_or_default();
    listed.strip_suffix('*').map_or(listed == name, |group| name.starts_with(group))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shapes::{QueueConfiguration, S3KeyFilter};

    fn rule(name: &str, value: &str) -> FilterRule {
        FilterRule { name: Some(name.into()), value: Some(value.to_owned()) }
    }

    #[test]
    fn a_configuration_hears_of_its_events_of_its_keys() {
        let check = |events: &[&str], rules: &[(&str, &str)], event: Event, key: &str, expected: bool| {
            let filter_rules = Some(rules.iter().map(|(name, value)| rule(name, value)).collect());
            let queue = QueueConfiguration {
                events: events.iter().map(|event| Listed::from(*event)).collect(),
                filter: Some(NotificationConfigurationFilter { key: Some(S3KeyFilter { filter_rules }) }),
                ..QueueConfiguration::default()
            };
            let kept = NotificationConfiguration {
                queue_configurations: Some(vec![queue]),
                ..NotificationConfiguration::default()
            };
            let hears = all(&kept).iter().any(|one| one.hears(event, key));
            assert_eq!(hears, expected, "{events:?} {rules:?} {event:?} {key}");
        };
        let created = &["s3:ObjectCreated:*"];
        check(created, &[], Event::Put, "key", true);
        check(created, &[], Event::Completed, "key", true);
        check(created, &[], Event::Deleted, "key", false);
        check(&["s3:ObjectCreated:Post"], &[], Event::Put, "key", false);
        check(&["s3:ObjectTagging:Put", "s3:ObjectRemoved:Delete"], &[], Event::Deleted, "key", true);
        check(created, &[("prefix", "in/"), ("Suffix", ".txt")], Event::Put, "in/a.txt", true);
        check(created, &[("prefix", "in/"), ("Suffix", ".txt")], Event::Put, "in/a.csv", false);
        check(created, &[("PREFIX", "in/")], Event::Put, "out/a.txt", false);
        check(created, &[("suffix", "")], Event::Put, "key", true);
    }
}
