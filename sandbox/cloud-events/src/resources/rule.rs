//! `AWS::Events::Rule`.

use async_trait::async_trait;
use cloud_core::{AwsError, Created, ResourceProvider, ResourceRequest, Updated, properties};
use serde_json::{Value, json};

use super::{Of, unless_gone};
use crate::error::invalid;
use crate::names::{self, DEFAULT, RuleKey};
use crate::open::EventBridge;
use crate::ops::put_rule::{Wanted, expect_room};
use crate::ops::{rules, targets};
use crate::record::Rule;
use crate::shapes::Target;

/// The longest name of a rule.
const LONGEST: usize = 64;

pub(super) struct RuleType(pub(super) Of);

/// What the template says of a rule.
fn wanted(request: &ResourceRequest) -> Result<(Wanted, Vec<Target>), AwsError> {
    let properties = &request.properties;
    let wanted = Wanted {
        pattern: properties::written(properties, "EventPattern"),
        schedule: properties::text(properties, "ScheduleExpression").filter(|text| !text.is_empty()),
        state: properties::text(properties, "State").map(|state| state.as_str().into()),
        description: properties::text(properties, "Description"),
        role: properties::text(properties, "RoleArn"),
        tags: request.all_tags(),
        maker: request.maker(),
    };
    let targets = properties.get("Targets").cloned().unwrap_or_else(|| json!([]));
    let targets = serde_json::from_value(targets).map_err(|error| invalid(format!("Targets: {error}")))?;
    Ok((wanted, targets))
}

/// A rule by the name that stacks know it by.
// AWS: of a rule on the default bus its name; else the bus is before it.
fn physical_id((bus, name): &RuleKey) -> String {
    if bus == DEFAULT { name.clone() } else { format!("{bus}|{name}") }
}

fn key_of(physical_id: &str) -> RuleKey {
    let (bus, name) = physical_id.split_once('|').unwrap_or((DEFAULT, physical_id));
    (bus.to_owned(), name.to_owned())
}

fn created(bridge: &EventBridge, key: &RuleKey) -> Created {
    let arn = names::rule_arn(&bridge.context, &key.0, &key.1);
    Created::new(physical_id(key), [("Arn", json!(arn)), ("RuleName", json!(key.1))])
}

#[async_trait]
impl ResourceProvider for RuleType {
    fn type_name(&self) -> &'static str {
        "AWS::Events::Rule"
    }

    fn effective(&self) -> &'static [&'static str] {
        &[
            "Description",
            "EventBusName",
            "EventPattern",
            "Name",
            "ScheduleExpression",
            "State",
            "Tags",
            "Targets",
        ]
    }

    fn idle(&self, _property: &str, _value: &Value) -> Option<&'static str> {
        // LIMIT: a target is told as its own role or as the service.
        Some("a target's own role counts")
    }

    async fn create(&self, request: &ResourceRequest) -> Result<Created, AwsError> {
        let bridge = self.0.bridge()?;
        let bus = names::bus(&bridge.context, request.text("EventBusName"))?;
        let name = request.text("Name").map_or_else(|| request.generated_name(LONGEST), str::to_owned);
        let key = (bus, name);
        let (wanted, targets) = wanted(request)?;
        wanted.check(&key.0)?;
        let arn = names::rule_arn(&bridge.context, &key.0, &key.1);
        targets::check(&bridge, &targets, &arn).await?;
        expect_room(&bridge, &key)?;
        let created = created(&bridge, &key);
        let id = created.physical_id.clone();
        let make = move |old: Option<Rule>| {
            let taken = || AwsError::new("AlreadyExists", format!("{id} already exists")).status(409);
            if wanted.maker.repeats(old.as_ref().map(|old| &old.made_by), taken)? {
                return Ok((old, ()));
            }
            let mut rule = wanted.made(None);
            targets::merge(&mut rule, targets)?;
            Ok((Some(rule), ()))
        };
        bridge.records.change_rule(key, make).await?;
        Ok(created)
    }

    async fn update(
        &self,
        physical_id: &str,
        old: &Value,
        request: &ResourceRequest,
    ) -> Result<Updated, AwsError> {
        let bridge = self.0.bridge()?;
        let key = key_of(physical_id);
        if names::bus(&bridge.context, properties::text(old, "EventBusName").as_deref())?
            != names::bus(&bridge.context, request.text("EventBusName"))?
        {
            return Ok(Updated::ReplacementRequired);
        }
        let (wanted, targets) = wanted(request)?;
        wanted.check(&key.0)?;
        let arn = names::rule_arn(&bridge.context, &key.0, &key.1);
        targets::check(&bridge, &targets, &arn).await?;
        let created = created(&bridge, &key);
        let (bus, name) = key.clone();
        let change = move |old: Option<Rule>| {
            let old = old.ok_or_else(|| crate::error::no_rule(&name, &bus))?;
            let tags = wanted.tags.clone();
            let mut rule = Rule { targets: Vec::new(), tags, ..wanted.made(Some(old)) };
            targets::merge(&mut rule, targets)?;
            Ok((Some(rule), ()))
        };
        bridge.records.change_rule(key, change).await?;
        Ok(Updated::InPlace(created))
    }

    async fn delete(&self, physical_id: &str, _properties: &Value) -> Result<(), AwsError> {
        let bridge = self.0.bridge()?;
        unless_gone(rules::remove(&bridge, key_of(physical_id), true).await)
    }
}
