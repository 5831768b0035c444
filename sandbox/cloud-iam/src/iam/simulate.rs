//! The policy simulator: what policies would decide, asked and not done.

use std::collections::BTreeSet;

use cloud_core::{AccountId, AwsError, Caller};
use cloud_policy::{
    Decision, Keys, Matched, Place, Policies, Principal, Request, Source, Steps, Verdict, actions, decide,
};

use super::shapes::{
    Code, ContextEntry, EvaluationResult, GetContextKeysForCustomPolicyRequest,
    GetContextKeysForPolicyResponse, GetContextKeysForPrincipalPolicyRequest,
    PermissionsBoundaryDecisionDetail, PolicyEvaluationDecisionType, PolicySourceType, Position,
    ResourceSpecificResult, SimulateCustomPolicyRequest, SimulatePolicyResponse,
    SimulatePrincipalPolicyRequest, Statement,
};
use crate::authority::Subject;
use crate::open::Iam;
use crate::sessions::Limits;
use crate::{document, role};

/// Results of one page at most.
const MAX_PAGE: usize = 1000;

fn invalid(message: impl Into<String>) -> AwsError {
    Code::InvalidInputException.error(message)
}

/// What both simulations ask.
#[derive(Default)]
struct Question {
    actions: Vec<String>,
    resources: Vec<String>,
    resource_policy: Option<String>,
    resource_owner: Option<String>,
    caller: Option<String>,
    entries: Vec<ContextEntry>,
    marker: Option<String>,
    max_items: Option<i32>,
}

/// The question of either input: two types of one form.
macro_rules! question {
    ($input:ident) => {
        Question {
            actions: $input.action_names,
            resources: $input.resource_arns.unwrap_or_default(),
            resource_policy: $input.resource_policy,
            resource_owner: $input.resource_owner,
            caller: $input.caller_arn,
            entries: $input.context_entries.unwrap_or_default(),
            marker: $input.marker,
            max_items: $input.max_items,
        }
    };
}

/// Whose policies are asked.
struct Asked {
    principal: Principal,
    identity: Vec<Source>,
    boundary: Option<Vec<Source>>,
}

pub(super) async fn simulate_custom_policy(
    iam: &Iam,
    _caller: &Caller,
    input: SimulateCustomPolicyRequest,
) -> Result<SimulatePolicyResponse, AwsError> {
    let asked = Asked {
        principal: Principal { account: iam.context.account().to_string(), ..Principal::default() },
        identity: sources("PolicyInputList", &input.policy_input_list)?,
        boundary: boundary(input.permissions_boundary_policy_input_list.as_deref())?,
    };
    question!(input).answer(asked)
}

pub(super) async fn simulate_principal_policy(
    iam: &Iam,
    _caller: &Caller,
    input: SimulatePrincipalPolicyRequest,
) -> Result<SimulatePolicyResponse, AwsError> {
    let mut asked = asked_of(iam, &input.policy_source_arn).await?;
    asked
        .identity
        .extend(sources("PolicyInputList", input.policy_input_list.as_deref().unwrap_or_default())?);
    if let Some(given) = boundary(input.permissions_boundary_policy_input_list.as_deref())? {
        // AWS: the boundary that is given takes the place of the one that there is.
        asked.boundary = Some(given);
    }
    question!(input).answer(asked)
}

pub(super) async fn get_context_keys_for_custom_policy(
    _iam: &Iam,
    _caller: &Caller,
    input: GetContextKeysForCustomPolicyRequest,
) -> Result<GetContextKeysForPolicyResponse, AwsError> {
    let all = sources("PolicyInputList", &input.policy_input_list)?;
    Ok(GetContextKeysForPolicyResponse { context_key_names: Some(keys(&all).into_iter().collect()) })
}

pub(super) async fn get_context_keys_for_principal_policy(
    iam: &Iam,
    _caller: &Caller,
    input: GetContextKeysForPrincipalPolicyRequest,
) -> Result<GetContextKeysForPolicyResponse, AwsError> {
    let mut all = asked_of(iam, &input.policy_source_arn).await?.identity;
    all.extend(sources("PolicyInputList", input.policy_input_list.as_deref().unwrap_or_default())?);
    Ok(GetContextKeysForPolicyResponse { context_key_names: Some(keys(&all).into_iter().collect()) })
}

/// A role with its policies.
async fn asked_of(iam: &Iam, arn: &str) -> Result<Asked, AwsError> {
    // LIMIT: there are no users and groups here.
    let kind = arn.splitn(6, ':').nth(5).unwrap_or_default();
    let Some((kind @ ("role" | "user" | "group"), name)) = kind.split_once('/') else {
        return Err(invalid(format!(
            "Invalid Entity Arn: {arn} does not clearly define entity type and name."
        )));
    };
    let name = name.rsplit('/').next().unwrap_or_default();
    let record = if kind == "role" { role::find(&iam.roles, name).await? } else { None };
    let Some(record) = record.filter(|record| record.role.arn == arn) else {
        let message = format!("The {kind} with name {name} cannot be found.");
        return Err(Code::NoSuchEntityException.error(message));
    };
    let principal = Principal { account: iam.context.account().to_string(), ..Principal::default() };
    let mut subject = Subject::new(principal, &Limits::default());
    iam.take_role(&mut subject, &record).await?;
    Ok(Asked { principal: subject.principal, identity: subject.identity, boundary: subject.boundary })
}

/// Policies as they were sent.
fn sources(list: &str, documents: &[String]) -> Result<Vec<Source>, AwsError> {
    let each = documents.iter().enumerate();
    each.map(|(index, text)| {
        let id = format!("{list}.{}", index + 1);
        document::check(text, document::Kind::Identity)
            .map_err(|error| invalid(format!("Policy {id} is not valid: {}", error.message())))?;
        parsed(id, text)
    })
    .collect()
}

fn parsed(id: String, text: &str) -> Result<Source, AwsError> {
    let policy = cloud_policy::Policy::parse(text)
        .map_err(|error| invalid(format!("Policy {id} is not valid: {error}")))?;
    Ok(Source { id, policy })
}

fn boundary(documents: Option<&[String]>) -> Result<Option<Vec<Source>>, AwsError> {
    let documents = documents.filter(|documents| !documents.is_empty());
    documents.map(|documents| sources("PermissionsBoundaryPolicyInputList", documents)).transpose()
}

fn keys(sources: &[Source]) -> BTreeSet<String> {
    sources.iter().flat_map(|source| source.policy.keys()).collect()
}

impl Question {
    /// The answers of one page: each action on each resource.
    fn answer(self, mut asked: Asked) -> Result<SimulatePolicyResponse, AwsError> {
        self.check_actions()?;
        let resource = self.resource_policy.as_deref().map(|text| parsed("ResourcePolicy".to_owned(), text));
        let resource = resource.transpose()?;
        if let Some(caller) = &self.caller {
            asked.principal = principal(caller)?;
        } else if resource.is_some() && asked.principal.role.is_none() {
            return Err(invalid("CallerArn is required where a ResourcePolicy is given."));
        }
        let (given, missing) = self.context(&asked, resource.as_ref());
        let all = Policies {
            identity: &asked.identity,
            resource: resource.as_ref(),
            boundary: asked.boundary.as_deref(),
            ..Policies::default()
        };
        let owner = self.owner(&asked.principal)?;
        let resources = if self.resources.is_empty() { &["*".to_owned()][..] } else { &self.resources };
        let (from, to, more) = self.page(self.actions.len().saturating_mul(resources.len()))?;
        let (mut results, steps) = (Vec::new(), Steps::default());
        for index in from..to {
            let action = self.actions.get(index / resources.len()).map_or("", String::as_str);
            let name = resources.get(index % resources.len()).map_or("", String::as_str);
            let request = Request {
                principal: &asked.principal,
                action,
                resource: name,
                resource_account: &owner,
                keys: &given,
                steps: &steps,
            };
            let decision = decide(&request, &all);
            if decision.verdict == Verdict::TooCostly {
                return Err(invalid(
                    "The policies take too long to compare: ask for fewer actions and resources at once.",
                ));
            }
            results.push(self.result(action, name, &decision, &missing));
        }
        let marker = more.then(|| to.to_string());
        Ok(SimulatePolicyResponse { evaluation_results: Some(results), is_truncated: Some(more), marker })
    }

    fn check_actions(&self) -> Result<(), AwsError> {
        let unknown = self.actions.iter().find(|action| !actions::is_known(action));
        unknown.map_or(Ok(()), |action| Err(invalid(format!("Invalid Action Name: {action}"))))
    }

    /// The keys that were given, and those that the policies are about and that were not.
    fn context(&self, asked: &Asked, resource: Option<&Source>) -> (Keys, Vec<String>) {
        let (mut given, mut names) = (Keys::default(), BTreeSet::new());
        for entry in &self.entries {
            let name = entry.context_key_name.as_deref().unwrap_or_default();
            given.set_all(name, entry.context_key_values.clone().unwrap_or_default());
            names.insert(name.to_lowercase());
        }
        let mut wanted = keys(&asked.identity);
        wanted.extend(keys(asked.boundary.as_deref().unwrap_or_default()));
        wanted.extend(resource.map(|resource| resource.policy.keys()).unwrap_or_default());
        let missing = wanted.into_iter().filter(|name| !names.contains(&name.to_lowercase())).collect();
        (given, missing)
    }

    /// The account whose the resources are.
    fn owner(&self, principal: &Principal) -> Result<String, AwsError> {
        let Some(owner) = &self.resource_owner else { return Ok(principal.account.clone()) };
        let account = owner.split(':').nth(4).unwrap_or(owner);
        if AccountId::is_one(account) {
            Ok(account.to_owned())
        } else {
            Err(invalid(format!("Invalid ResourceOwner: {owner}")))
        }
    }

    /// From where to where, and whether there is more behind.
    fn page(&self, count: usize) -> Result<(usize, usize, bool), AwsError> {
        let from = match self.marker.as_deref().map(str::parse) {
            None => 0,
            Some(Ok(from)) if from <= count => from,
            Some(_) => return Err(invalid("Invalid Marker.")),
        };
        let to = count.min(from + super::most(self.max_items).clamp(1, MAX_PAGE));
        Ok((from, to, to < count))
    }

    fn result(&self, action: &str, name: &str, decision: &Decision, missing: &[String]) -> EvaluationResult {
        let verdict = match decision.verdict {
            Verdict::Allowed => PolicyEvaluationDecisionType::Allowed,
            Verdict::Denied(_) => PolicyEvaluationDecisionType::ExplicitDeny,
            Verdict::NotAllowed(_) | Verdict::TooCostly => PolicyEvaluationDecisionType::ImplicitDeny,
        };
        let matched: Vec<Statement> = decision.matched.iter().map(statement).collect();
        let boundary = decision.allowed_by_boundary.map(|allowed| PermissionsBoundaryDecisionDetail {
            allowed_by_permissions_boundary: Some(allowed),
        });
        // AWS: with resources, what is missing is told of each of them.
        let (general, missing) = if self.resources.is_empty() {
            (missing.to_vec(), Vec::new())
        } else {
            (Vec::new(), missing.to_vec())
        };
        let specific = (!self.resources.is_empty()).then(|| {
            vec![ResourceSpecificResult {
                eval_resource_name: name.to_owned(),
                eval_resource_decision: verdict.clone(),
                matched_statements: Some(matched.clone()),
                missing_context_values: Some(missing),
                eval_decision_details: None,
                permissions_boundary_decision_detail: boundary.clone(),
            }]
        });
        EvaluationResult {
            eval_action_name: action.to_owned(),
            eval_resource_name: Some(name.to_owned()),
            eval_decision: verdict,
            matched_statements: Some(matched),
            missing_context_values: Some(general),
            organizations_decision_detail: None,
            permissions_boundary_decision_detail: boundary,
            eval_decision_details: None,
            resource_specific_results: specific,
        }
    }
}

/// Somebody by his ARN.
fn principal(arn: &str) -> Result<Principal, AwsError> {
    let account = arn.split(':').nth(4).filter(|account| account.len() == 12);
    match account {
        Some(account) if !arn.ends_with(":root") => {
            let (account, arn) = (account.to_owned(), arn.to_owned());
            let role = arn.contains(":role/").then(|| arn.clone());
            Ok(Principal { account, arn, role, ..Principal::default() })
        }
        _ => Err(invalid(format!("Invalid CallerArn: {arn} is not the ARN of a user or a role."))),
    }
}

fn statement(matched: &Matched) -> Statement {
    let position = |place: Place| Position {
        line: i32::try_from(place.line).ok(),
        column: i32::try_from(place.column).ok(),
    };
    let (start, end) = matched.places;
    Statement {
        source_policy_id: Some(matched.policy.clone()),
        // AWS: what it answers, which its model does not list.
        source_policy_type: Some(PolicySourceType::Unlisted("IAM Policy".to_owned())),
        start_position: Some(position(start)),
        end_position: Some(position(end)),
    }
}
