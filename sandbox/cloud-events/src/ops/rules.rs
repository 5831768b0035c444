//! DescribeRule, DeleteRule, EnableRule, DisableRule, ListRules, ListRuleNamesByTarget.

use std::sync::Arc;

use cloud_core::{AwsError, Caller, page};

use crate::error::{invalid, no_rule};
use crate::names::{self, RuleKey};
use crate::open::EventBridge;
use crate::quotas::LISTED;
use crate::record::Rule;
use crate::shapes::{
    DeleteRuleRequest, DescribeRuleRequest, DescribeRuleResponse, DisableRuleRequest, EnableRuleRequest,
    ListRuleNamesByTargetRequest, ListRuleNamesByTargetResponse, ListRulesRequest, ListRulesResponse,
    Rule as Listed, RuleState,
};

impl EventBridge {
    /// The rule that a request names.
    pub(crate) fn rule(&self, name: &str, bus: Option<&str>) -> Result<(RuleKey, Arc<Rule>), AwsError> {
        let key = (names::bus(&self.context, bus)?, name.to_owned());
        let rule = self.records.rule(&key)?.ok_or_else(|| no_rule(name, &key.0))?;
        Ok((key, rule))
    }
}

pub(crate) async fn describe_rule(
    bridge: &EventBridge,
    _caller: &Caller,
    input: DescribeRuleRequest,
) -> Result<DescribeRuleResponse, AwsError> {
    let ((bus, name), rule) = bridge.rule(&input.name, input.event_bus_name.as_deref())?;
    Ok(DescribeRuleResponse {
        arn: Some(names::rule_arn(&bridge.context, &bus, &name).to_string()),
        event_pattern: rule.pattern.clone(),
        schedule_expression: rule.schedule.clone(),
        state: Some(rule.state.clone()),
        description: rule.description.clone(),
        role_arn: rule.role.clone(),
        managed_by: None,
        created_by: Some(bridge.context.account().to_string()),
        event_bus_name: Some(bus),
        name: Some(name),
    })
}

/// Removes a rule. One that is not there is no error.
pub(crate) async fn remove(bridge: &EventBridge, key: RuleKey, with_targets: bool) -> Result<(), AwsError> {
    let remove = move |old: Option<Rule>| {
        if old.is_some_and(|rule| !rule.targets.is_empty()) && !with_targets {
            return Err(invalid("Rule can't be deleted since it has targets."));
        }
        Ok((None, ()))
    };
    bridge.records.change_rule(key, remove).await
}

pub(crate) async fn delete_rule(
    bridge: &EventBridge,
    _caller: &Caller,
    input: DeleteRuleRequest,
) -> Result<(), AwsError> {
    let bus = names::bus(&bridge.context, input.event_bus_name.as_deref())?;
    // AWS: Force is for rules that another service manages, of which there are none here.
    remove(bridge, (bus, input.name), false).await
}

async fn set_state(
    bridge: &EventBridge,
    name: String,
    bus: Option<&str>,
    state: RuleState,
) -> Result<(), AwsError> {
    let key = (names::bus(&bridge.context, bus)?, name);
    let (bus, name) = key.clone();
    let set = move |old: Option<Rule>| {
        let rule = old.ok_or_else(|| no_rule(&name, &bus))?;
        Ok((Some(Rule { state, ..rule }), ()))
    };
    bridge.records.change_rule(key, set).await
}

pub(crate) async fn enable_rule(
    bridge: &EventBridge,
    _caller: &Caller,
    input: EnableRuleRequest,
) -> Result<(), AwsError> {
    set_state(bridge, input.name, input.event_bus_name.as_deref(), RuleState::Enabled).await
}

pub(crate) async fn disable_rule(
    bridge: &EventBridge,
    _caller: &Caller,
    input: DisableRuleRequest,
) -> Result<(), AwsError> {
    set_state(bridge, input.name, input.event_bus_name.as_deref(), RuleState::Disabled).await
}

pub(crate) async fn list_rules(
    bridge: &EventBridge,
    _caller: &Caller,
    input: ListRulesRequest,
) -> Result<ListRulesResponse, AwsError> {
    let bus = names::bus(&bridge.context, input.event_bus_name.as_deref())?;
    bridge.records.bus(&bus)?;
    let prefix = input.name_prefix.unwrap_or_default();
    let rules = bridge.records.rules_of(&bus).into_iter().filter(|(name, _)| name.starts_with(&prefix));
    let shown = rules.map(|(name, rule)| {
        let listed = Listed {
            arn: Some(names::rule_arn(&bridge.context, &bus, &name).to_string()),
            event_pattern: rule.pattern.clone(),
            schedule_expression: rule.schedule.clone(),
            state: Some(rule.state.clone()),
            description: rule.description.clone(),
            role_arn: rule.role.clone(),
            managed_by: None,
            event_bus_name: Some(bus.clone()),
            name: Some(name.clone()),
        };
        (name, listed)
    });
    let (rules, next_token) = page::page(shown, input.next_token.as_deref(), page::size(input.limit, LISTED));
    Ok(ListRulesResponse { rules: Some(rules), next_token })
}

pub(crate) async fn list_rule_names_by_target(
    bridge: &EventBridge,
    _caller: &Caller,
    input: ListRuleNamesByTargetRequest,
) -> Result<ListRuleNamesByTargetResponse, AwsError> {
    let bus = names::bus(&bridge.context, input.event_bus_name.as_deref())?;
    bridge.records.bus(&bus)?;
    let rules = bridge.records.rules_of(&bus).into_iter();
    let of_target =
        rules.filter(|(_, rule)| rule.targets.iter().any(|target| target.arn == input.target_arn));
    let rules = of_target.map(|(name, _)| (name.clone(), name));
    let (names, next_token) = page::page(rules, input.next_token.as_deref(), page::size(input.limit, LISTED));
    Ok(ListRuleNamesByTargetResponse { rule_names: Some(names), next_token })
}
