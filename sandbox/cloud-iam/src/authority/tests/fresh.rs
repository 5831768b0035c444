//! What was acknowledged counts at the next request, whatever was read for those before it: changes of all that decides, and
//! requests, in orders that a seed draws.

use cloud_core::{Entropy as _, SeededEntropy};

use super::*;
use crate::iam::shapes::{AttachedPermissionsBoundary, Policy};
use crate::role::PolicyRecord;

const SEEDS: u64 = 16;
const STEPS: usize = 100;
const ACTIONS: [&str; 3] = ["sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage"];
const QUEUE: &str = "arn:aws:sqs:us-east-1:000000000000:queue";
const MANAGED: &str = "arn:aws:iam::000000000000:policy/managed";
const BOUND: &str = "arn:aws:iam::000000000000:policy/bound";

/// What a policy allows and denies of the actions, a bit for each.
#[derive(Clone, Copy, Debug, Default)]
struct Rule {
    allows: u8,
    denies: u8,
}

impl Rule {
    fn text(self, principal: Option<&str>) -> String {
        let statement = |(effect, bits): (&str, u8)| {
            let named = ACTIONS.iter().enumerate().filter(|(bit, _)| has(bits, *bit));
            let actions: Vec<&str> = named.map(|(_, action)| *action).chain(["sqs:TagQueue"]).collect();
            let mut statement = json!({ "Effect": effect, "Action": actions, "Resource": "*" });
            if let Some(principal) = principal {
                statement["Principal"] = json!(principal);
            }
            statement
        };
        let statements = [("Allow", self.allows), ("Deny", self.denies)].map(statement);
        json!({ "Version": "2012-10-17", "Statement": statements }).to_string()
    }
}

fn has(bits: u8, bit: usize) -> bool {
    (bits >> bit) & 1 == 1
}

/// The role as the acknowledged changes make it.
#[derive(Clone, Debug, Default)]
struct Model {
    inline: [Option<Rule>; 2],
    managed: Rule,
    is_attached: bool,
    bound: Rule,
    is_bounded: bool,
    /// How often it was made anew: sessions of the one before have none of its policies.
    made: usize,
}

/// A session of the role.
struct Session {
    caller: Caller,
    made: usize,
    rule: Option<Rule>,
}

impl Model {
    fn allows(&self, session: &Session, resource: Option<Rule>, action: usize) -> bool {
        let is_its = session.made == self.made;
        let attached = self.is_attached.then_some(self.managed);
        let identity: Vec<Rule> =
            self.inline.into_iter().chain([attached]).flatten().filter(|_| is_its).collect();
        let boundary = (is_its && self.is_bounded).then_some(self.bound);
        let limits: Vec<Rule> = [boundary, session.rule].into_iter().flatten().collect();
        let mut all = identity.iter().chain(&limits).chain(&resource);
        let is_allowed = identity.iter().chain(&resource).any(|rule| has(rule.allows, action));
        is_allowed
            && limits.iter().all(|rule| has(rule.allows, action))
            && !all.any(|rule| has(rule.denies, action))
    }
}

/// A role under drawn changes.
struct Drawn {
    rig: Rig,
    dice: SeededEntropy,
    model: Model,
    sessions: Vec<Session>,
}

impl Drawn {
    async fn new(seed: u64) -> Self {
        let (rig, dice) = (Rig::new().await, SeededEntropy::new(seed));
        let mut drawn = Self { rig, dice, model: Model::default(), sessions: Vec::new() };
        drawn.make_role().await;
        drawn.keep_policy(MANAGED, Rule::default()).await;
        drawn.keep_policy(BOUND, Rule::default()).await;
        drawn.begin_session().await;
        drawn
    }

    fn draw(&self, below: usize) -> usize {
        let mut byte = [0];
        self.dice.fill(&mut byte);
        usize::from(byte[0]) % below
    }

    /// Few, so that the same texts come again, and most of one length.
    fn rule(&self) -> Rule {
        let denies = if self.draw(4) == 0 { 1 << self.draw(3) } else { 0 };
        Rule { allows: [1, 2, 4, 3, 5, 6, 7][self.draw(7)], denies }
    }

    fn some_rule(&self) -> Option<Rule> {
        (self.draw(2) == 0).then(|| self.rule())
    }

    async fn make_role(&mut self) {
        self.rig.role(FIRST, "/", "r", &trust(&json!("*")), &[]).await;
        let Model { managed, bound, made, .. } = self.model;
        self.model = Model { managed, bound, made: made + 1, ..Model::default() };
    }

    async fn keep_policy(&self, arn: &str, rule: Rule) {
        let record =
            PolicyRecord { policy: Policy::default(), document: rule.text(None), made_by: Maker::NOBODY };
        let change = move |_: Option<&PolicyRecord>| Ok::<_, AwsError>((Some(record), ()));
        self.rig.iam(FIRST).await.policies.change(arn.to_owned(), change).await.unwrap();
    }

    async fn change_role(&self, change: impl FnOnce(&mut RoleRecord) + Send + 'static) {
        let change = |record: &mut RoleRecord| {
            change(record);
            Ok(())
        };
        role::change(&self.rig.iam(FIRST).await.roles, "r", change).await.unwrap();
    }

    async fn begin_session(&mut self) {
        let (arn, rule) = (format!("arn:aws:iam::{FIRST}:role/r"), self.some_rule());
        let limit = |input: &mut AssumeRoleRequest| input.policy = rule.map(|rule| rule.text(None));
        let caller = self.rig.become_one(&root(FIRST), &arn, limit).await.unwrap();
        self.sessions.push(Session { caller, made: self.model.made, rule });
        if self.sessions.len() > 3 {
            self.sessions.remove(0);
        }
    }

    /// One change, acknowledged.
    async fn change(&mut self) {
        match self.draw(9) {
            place @ (0 | 1) => {
                let rule = self.some_rule();
                self.model.inline[place] = rule;
                self.change_role(move |record| {
                    let name = format!("p{place}");
                    match rule {
                        Some(rule) => record.inline.insert(name, rule.text(None)),
                        None => record.inline.remove(&name),
                    };
                })
                .await;
            }
            2 | 3 => {
                self.model.managed = self.rule();
                self.keep_policy(MANAGED, self.model.managed).await;
            }
            4 => {
                self.model.is_attached = !self.model.is_attached;
                let is_attached = self.model.is_attached;
                self.change_role(move |record| {
                    record.attached = is_attached.then(|| MANAGED.to_owned()).into_iter().collect();
                })
                .await;
            }
            5 => {
                self.model.bound = self.rule();
                self.keep_policy(BOUND, self.model.bound).await;
            }
            6 => {
                self.model.is_bounded = !self.model.is_bounded;
                let bound = AttachedPermissionsBoundary {
                    permissions_boundary_arn: Some(BOUND.to_owned()),
                    ..AttachedPermissionsBoundary::default()
                };
                let bound = self.model.is_bounded.then_some(bound);
                self.change_role(move |record| record.role.permissions_boundary = bound).await;
            }
            7 if self.draw(4) == 0 => self.make_role().await,
            _ => self.begin_session().await,
        }
    }

    /// One request of each session, each decided as is expected; how many were allowed.
    async fn ask(&self, step: usize, seed: u64) -> usize {
        let mut allowed = 0;
        for session in &self.sessions {
            let (action, resource) = (self.draw(ACTIONS.len()), self.some_rule());
            let access = Access {
                action: ACTIONS[action].to_owned(),
                resource: QUEUE.to_owned(),
                policy: resource.map(|rule| rule.text(Some("*")).into()),
                ..Access::default()
            };
            let denials = self.rig.accounts.decide(&session.caller, &ConditionKeys::new(), &[access]).await;
            let (found, wanted) = (denials.unwrap().is_empty(), self.model.allows(session, resource, action));
            assert_eq!(found, wanted, "seed {seed}, step {step}: {action} {resource:?} {:?}", self.model);
            allowed += usize::from(found);
        }
        allowed
    }
}

#[tokio::test]
async fn the_next_request_is_decided_by_what_was_acknowledged() {
    let (mut asked, mut allowed) = (0, 0);
    for seed in 0..SEEDS {
        let mut drawn = Drawn::new(seed).await;
        for step in 0..STEPS {
            if drawn.draw(2) == 0 {
                drawn.change().await;
            }
            asked += drawn.sessions.len();
            allowed += drawn.ask(step, seed).await;
        }
    }
    assert!(allowed > asked / 5 && allowed < asked * 4 / 5, "{allowed} of {asked} were allowed");
}
