//! PutRule.

use std::collections::BTreeMap;

use cloud_core::{AwsError, Caller, Maker};
use event_pattern::Pattern;

use crate::error::{bad_pattern, invalid};
use crate::names::{self, RuleKey};
use crate::open::EventBridge;
use crate::ops::tags::{self, RULES};
use crate::quotas;
use crate::record::Rule;
use crate::shapes::{PutRuleRequest, PutRuleResponse, RuleState};
use crate::ticking;

/// What a rule is to be, but for its targets.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wanted {
    pub pattern: Option<String>,
    pub schedule: Option<String>,
    pub state: Option<RuleState>,
    pub description: Option<String>,
    pub role: Option<String>,
    /// Those of a rule that is made.
    pub tags: BTreeMap<String, String>,
    pub maker: Maker,
}

impl Wanted {
    /// Refuses a rule that could not be kept on that bus.
    pub(crate) fn check(&self, bus: &str) -> Result<(), AwsError> {
        if self.pattern.is_none() && self.schedule.is_none() {
            return Err(invalid("Parameter(s) EventPattern or ScheduleExpression must be specified."));
        }
        if let Some(schedule) = &self.schedule {
            ticking::check(schedule, bus)?;
        }
        if let Some(pattern) = &self.pattern {
            Pattern::read(pattern).map_err(|wrong| bad_pattern(&wrong))?;
        }
        RULES.check(self.tags.iter().map(|(key, value)| (key.as_str(), value.as_str())))?;
        Ok(())
    }

    /// The rule, in place of another, whose targets and tags it keeps.
    // AWS: "any tags you specify in the PutRule operation are ignored" of a rule that is there.
    pub(crate) fn made(self, old: Option<Rule>) -> Rule {
        let (tags, targets, made_by) = match old {
            Some(old) => (old.tags, old.targets, old.made_by),
            None => (self.tags, Vec::new(), self.maker),
        };
        Rule {
            pattern: self.pattern,
            schedule: self.schedule,
            state: self.state.unwrap_or(RuleState::Enabled),
            description: self.description,
            role: self.role,
            tags,
            targets,
            made_by,
            ..Rule::default()
        }
    }
}

/// Fails where a bus may have no more rules.
pub(crate) fn expect_room(bridge: &EventBridge, key: &RuleKey) -> Result<(), AwsError> {
    let rules = bridge.records.rules_of(&key.0);
    let is_new = !rules.iter().any(|(name, _)| *name == key.1);
    quotas::RULES.check(rules.len() + usize::from(is_new))
}

pub(crate) async fn put_rule(
    bridge: &EventBridge,
    _caller: &Caller,
    input: PutRuleRequest,
) -> Result<PutRuleResponse, AwsError> {
    let bus = names::bus(&bridge.context, input.event_bus_name.as_deref())?;
    bridge.records.bus(&bus)?;
    let wanted = Wanted {
        pattern: input.event_pattern.filter(|pattern| !pattern.is_empty()),
        schedule: input.schedule_expression.filter(|schedule| !schedule.is_empty()),
        state: input.state,
        description: input.description,
        role: input.role_arn,
        tags: tags::read(input.tags.unwrap_or_default())?,
        maker: Maker::NOBODY,
    };
    wanted.check(&bus)?;
    if wanted.role.is_some() {
        // LIMIT: a target is told as its own role or as the service; that of the rule is kept.
        cloud_wire::response_headers::without_effect(&["RoleArn"]);
    }
    let arn = names::rule_arn(&bridge.context, &bus, &input.name).to_string();
    let key = (bus, input.name);
    expect_room(bridge, &key)?;
    bridge.records.change_rule(key, move |old| Ok((Some(wanted.made(old)), ()))).await?;
    Ok(PutRuleResponse { rule_arn: Some(arn) })
}
