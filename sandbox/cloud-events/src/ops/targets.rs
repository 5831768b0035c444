//! PutTargets, RemoveTargets, ListTargetsByRule.

use cloud_core::{Arn, AwsError, Caller, page};

use crate::error::no_rule;
use crate::names::{self, RuleKey};
use crate::open::EventBridge;
use crate::quotas;
use crate::record::Rule;
use crate::shapes::{
    ListTargetsByRuleRequest, ListTargetsByRuleResponse, PutTargetsRequest, PutTargetsResponse,
    RemoveTargetsRequest, RemoveTargetsResponse, Target,
};
use crate::targets;

/// Refuses targets that could not be told, and says what of them changes nothing.
pub(crate) async fn check(bridge: &EventBridge, wanted: &[Target], rule: &Arn) -> Result<(), AwsError> {
    let mut idle = Vec::new();
    for target in wanted {
        targets::check(&bridge.context, target, rule).await?;
        idle.extend(targets::idle(target));
    }
    idle.sort_unstable();
    idle.dedup();
    cloud_wire::response_headers::without_effect(&idle);
    Ok(())
}

/// Adds targets to a rule's, in place of those that have their ids.
pub(crate) fn merge(rule: &mut Rule, wanted: Vec<Target>) -> Result<(), AwsError> {
    for target in wanted {
        rule.targets.retain(|other| other.id != target.id);
        rule.targets.push(target);
    }
    quotas::TARGETS.check(rule.targets.len())?;
    rule.targets.sort_by(|one, other| one.id.cmp(&other.id));
    Ok(())
}

/// Changes a rule that is there.
async fn change(
    bridge: &EventBridge,
    key: RuleKey,
    work: impl FnOnce(&mut Rule) -> Result<(), AwsError> + Send + 'static,
) -> Result<(), AwsError> {
    let (bus, name) = key.clone();
    let change = move |old: Option<Rule>| {
        let mut rule = old.ok_or_else(|| no_rule(&name, &bus))?;
        work(&mut rule)?;
        Ok((Some(rule), ()))
    };
    bridge.records.change_rule(key, change).await
}

pub(crate) async fn put_targets(
    bridge: &EventBridge,
    _caller: &Caller,
    input: PutTargetsRequest,
) -> Result<PutTargetsResponse, AwsError> {
    let (key, _) = bridge.rule(&input.rule, input.event_bus_name.as_deref())?;
    let arn = names::rule_arn(&bridge.context, &key.0, &key.1);
    check(bridge, &input.targets, &arn).await?;
    change(bridge, key, move |rule| merge(rule, input.targets)).await?;
    Ok(PutTargetsResponse { failed_entry_count: Some(0), failed_entries: Some(Vec::new()) })
}

// AWS: an id that is not there is no error.
pub(crate) async fn remove_targets(
    bridge: &EventBridge,
    _caller: &Caller,
    input: RemoveTargetsRequest,
) -> Result<RemoveTargetsResponse, AwsError> {
    let (key, _) = bridge.rule(&input.rule, input.event_bus_name.as_deref())?;
    let remove = move |rule: &mut Rule| {
        rule.targets.retain(|target| !input.ids.contains(&target.id));
        Ok(())
    };
    change(bridge, key, remove).await?;
    Ok(RemoveTargetsResponse { failed_entry_count: Some(0), failed_entries: Some(Vec::new()) })
}

pub(crate) async fn list_targets_by_rule(
    bridge: &EventBridge,
    _caller: &Caller,
    input: ListTargetsByRuleRequest,
) -> Result<ListTargetsByRuleResponse, AwsError> {
    let (_, rule) = bridge.rule(&input.rule, input.event_bus_name.as_deref())?;
    let targets = rule.targets.iter().map(|target| (target.id.clone(), target.clone()));
    let size = page::size(input.limit, quotas::LISTED);
    let (targets, next_token) = page::page(targets, input.next_token.as_deref(), size);
    Ok(ListTargetsByRuleResponse { targets: Some(targets), next_token })
}
