//! What an operation asks leave for: from its name and its input to actions, resources and condition keys.
//!
//! By rule, with the table of all services' actions: the action is called as the operation or as its facts say, its resources' ARNs are filled
//! from the members of the input that are called as their parts, and its condition keys have the values of the members
//! that are called so. A service says what it knows better ([`Service::accesses`](crate::Service::accesses)). Whether
//! leave is given is decided elsewhere.
// AWS: "Actions, resources, and condition keys for AWS services".

use cloud_core::{Access, AwsError, Caller, ConditionKeys, Denial};
use cloud_policy::actions::{self, Action, Actions};

use crate::head::Head;
use crate::input::Input;
use crate::model::{Operation, Protocol, ServiceModel};
use crate::schema::{Location, Member, Schema};
use crate::value::{self, Value};

/// A request whose input is read.
#[derive(Clone, Copy)]
pub struct Asking<'a> {
    /// The service.
    pub model: &'static ServiceModel,
    /// The operation.
    pub operation: &'static Operation,
    /// Its input.
    pub input: &'a Input,
    /// The request's head.
    pub head: &'a Head,
    /// Who asks.
    pub caller: &'a Caller,
}

impl<'a> Asking<'a> {
    /// What the operation asks leave for by rule.
    pub fn by_rule(&self) -> Vec<Access> {
        self.of_action(self.operation.action)
    }

    /// The same of an operation whose action is called otherwise.
    pub fn of_action(&self, action: &str) -> Vec<Access> {
        let table = actions::of(self.model.signing_name);
        let found = table.as_deref().and_then(|table| Some((table, table.action(action)?.1)));
        let resources = found.map_or_else(Vec::new, |(table, action)| self.resources(table, action));
        let resources = if resources.is_empty() { vec!["*".to_owned()] } else { resources };
        let mut accesses: Vec<Access> =
            resources.into_iter().map(|resource| self.access(action, resource)).collect();
        accesses.extend(self.passed_role());
        accesses
    }

    /// Leave for one action on one resource, with the condition keys that the action has.
    pub fn access(&self, action: &str, resource: impl Into<String>) -> Access {
        let service = self.model.signing_name;
        let table = actions::of(service);
        let known = table.as_deref().and_then(|table| table.action(action));
        let keys = known.map_or_else(Vec::new, |(_, action)| self.keys(action));
        Access { action: format!("{service}:{action}"), resource: resource.into(), keys, ..Access::default() }
    }

    /// An input member's text, by the member's name.
    pub fn text(&self, name: &str) -> Option<&'a str> {
        self.members().find(|(member, _)| member.name == name).and_then(|(_, value)| value.as_str())
    }

    /// An input member that is there, by its name, with its schema.
    pub fn member(&self, name: &str) -> Option<(&'static Schema, Value<'a>)> {
        self.members().find(|(member, _)| member.name == name).map(|(member, value)| (member.schema, value))
    }

    /// Whether the input has a member of that name, and something in it.
    pub fn gives(&self, name: &str) -> bool {
        let found = self.members().find(|(member, _)| member.name == name);
        found.is_some_and(|(_, value)| !matches!(value, Value::List(elements) if elements.count() == 0))
    }

    /// An ARN of the caller's account and region.
    pub fn arn(&self, resource: &str) -> String {
        let Caller { region, account, .. } = self.caller;
        format!("arn:{}:{}:{region}:{account}:{resource}", self.partition(), self.model.signing_name)
    }

    /// The partition of the caller's region: `aws`.
    pub fn partition(&self) -> &'static str {
        self.caller.region.partition().id
    }

    /// The operation's path with what the input says, without fixed parameters: `/restapis/abc/resources`.
    pub fn path(&self) -> String {
        let path = self.operation.uri.split('?').next().unwrap_or_default();
        let segments = path.split('/').map(|segment| {
            let label = segment.strip_prefix('{').and_then(|segment| segment.strip_suffix('}'));
            let label = label.map(|label| label.trim_end_matches('+'));
            let value = |label: &str| {
                let mut members = self.members();
                let found =
                    members.find(|(member, _)| member.location == Location::Uri && member.wire == label);
                found.and_then(|(_, value)| value.as_str()).unwrap_or("*")
            };
            label.map_or(segment, value)
        });
        segments.collect::<Vec<_>>().join("/")
    }

    /// Members that are there.
    fn members(&self) -> impl Iterator<Item = (&'static Member, Value<'a>)> + use<'a> {
        let members = self.operation.input.members().iter().zip(self.input.members());
        members.filter(|(_, value)| !value.is_null())
    }

    /// All that the action must be about; else the one of those that it may be about that the input says most of.
    fn resources(&self, table: &Actions, action: &Action) -> Vec<String> {
        let patterns = |types: &[String]| -> Vec<String> {
            types.iter().filter_map(|name| table.arn(name)).map(str::to_owned).collect()
        };
        let required = patterns(&action.required);
        if !required.is_empty() {
            return required.iter().map(|pattern| self.filled(pattern).0).collect();
        }
        let filled = patterns(&action.optional).into_iter().map(|pattern| self.filled(&pattern));
        let named = filled.filter(|(_, known)| *known > 0);
        named.max_by_key(|(_, known)| *known).map(|(arn, _)| arn).into_iter().collect()
    }

    /// An ARN of a pattern, and how many of its parts the input says. What is not said is `*`.
    fn filled(&self, pattern: &str) -> (String, usize) {
        if let Some(arn) = self.given_arn(pattern) {
            return (arn, usize::MAX);
        }
        let (mut arn, mut known, mut rest) = (String::new(), 0, pattern);
        while let Some((before, placeholder)) = rest.split_once("${") {
            let (name, after) = placeholder.split_once('}').unwrap_or((placeholder, ""));
            arn.push_str(before);
            match name {
                "Partition" => arn.push_str(self.partition()),
                "Region" => arn.push_str(self.caller.region.as_str()),
                "Account" => arn.push_str(self.caller.account.as_str()),
                name => match self.part(name) {
                    Some(part) => {
                        arn.push_str(&part);
                        known += 1;
                    }
                    None => arn.push('*'),
                },
            }
            rest = after;
        }
        arn.push_str(rest);
        (arn, known)
    }

    /// A member that is an ARN of that pattern already: one that is called as the pattern's first part, else, where none
    /// is, one that is called as what holds an ARN. Any other text, a description, may look like one.
    fn given_arn(&self, pattern: &str) -> Option<String> {
        let kind = |arn: &str| {
            let mut parts = arn.splitn(6, ':').skip(2);
            let (service, resource) = (parts.next()?.to_owned(), parts.nth(2)?.to_owned());
            Some((service, resource))
        };
        let (service, resource) = kind(pattern)?;
        let before = resource.split("${").next().unwrap_or_default();
        let fits = |text: &str| {
            text.starts_with("arn:")
                && kind(text).is_some_and(|(of, resource)| of == service && resource.starts_with(before))
        };
        let placeholder = resource.split_once("${").and_then(|(_, rest)| rest.split_once('}'));
        if let Some(named) = placeholder.and_then(|(name, _)| self.named(name)) {
            return Some(named.to_owned()).filter(|text| fits(text));
        }
        let holds_arn = |name: &str| {
            let lower = name.to_ascii_lowercase();
            lower == "resource" || ["arn", "identifier"].iter().any(|end| lower.ends_with(end))
        };
        let mut arns = self.members().filter(|(member, _)| holds_arn(member.name));
        arns.find_map(|(_, value)| value.as_str().filter(|text| fits(text))).map(str::to_owned)
    }

    /// The member that is called as a part of an ARN: `FunctionName`, `RoleName` for `RoleNameWithPath`, `Function`.
    fn named(&self, name: &str) -> Option<&'a str> {
        let called = |wanted: &str| {
            let found = self.members().find(|(member, _)| member.name.eq_ignore_ascii_case(wanted));
            found.and_then(|(_, value)| value.as_str())
        };
        let plain = name.strip_suffix("WithPath").unwrap_or(name);
        called(plain).or_else(|| called(plain.strip_suffix("Name")?))
    }

    /// What the input says of a part of an ARN: `FunctionName`, `RoleNameWithPath`.
    fn part(&self, name: &str) -> Option<String> {
        let text = self.named(name)?;
        let path = self.members().find(|(member, _)| member.name.eq_ignore_ascii_case("Path"));
        match path.and_then(|(_, path)| path.as_str()) {
            Some(path) if name.ends_with("WithPath") => {
                Some(format!("{}{text}", path.trim_start_matches('/')))
            }
            _ => Some(text.to_owned()),
        }
    }

    /// The action's condition keys that members of the input are called after, and those of tags.
    fn keys(&self, action: &Action) -> ConditionKeys {
        let mut keys = ConditionKeys::new();
        for key in &action.keys {
            let Some((_, name)) = key.split_once(':').filter(|(_, name)| !name.contains(['$', '<'])) else {
                continue;
            };
            let called = |(member, _): &(&'static Member, Value<'_>)| {
                member.name.eq_ignore_ascii_case(name) || member.wire.eq_ignore_ascii_case(name)
            };
            if let Some(values) = self.members().find(called).and_then(|(_, value)| texts(value)) {
                keys.push((key.clone(), values));
            }
        }
        self.tag_keys(&mut keys);
        keys
    }

    fn tag_keys(&self, keys: &mut ConditionKeys) {
        let mut names = Vec::new();
        for (member, value) in self.members() {
            if member.name.eq_ignore_ascii_case("tags") {
                for (name, value) in tags(value) {
                    keys.push((format!("aws:RequestTag/{name}"), vec![value]));
                    names.push(name);
                }
            } else if member.name.eq_ignore_ascii_case("tagKeys") {
                names.extend(texts(value).unwrap_or_default());
            }
        }
        if !names.is_empty() {
            keys.push(("aws:TagKeys".to_owned(), names));
        }
    }

    /// Whoever hands a role to a service needs leave for that too.
    fn passed_role(&self) -> Option<Access> {
        let service = self.model.signing_name;
        if ["iam", "sts"].contains(&service) {
            return None;
        }
        let is_role = |member: &Member| {
            ["role", "rolearn", "executionrolearn"].iter().any(|name| member.name.eq_ignore_ascii_case(name))
        };
        let (_, role) = self.members().find(|(member, _)| is_role(member))?;
        // Whatever the ARN looks like: who takes it says what is a role.
        let role = role.as_str().filter(|role| role.starts_with("arn:"))?;
        let passed_to = format!("{service}.amazonaws.com");
        Some(Access {
            action: "iam:PassRole".to_owned(),
            resource: role.to_owned(),
            keys: vec![("iam:PassedToService".to_owned(), vec![passed_to])],
            ..Access::default()
        })
    }
}

/// A denial as a service says it that has no words of its own.
// AWS: each family of protocols has its own code; the JSON ones answer 400 like every error of theirs.
pub fn denied(protocol: Protocol, denial: &Denial) -> AwsError {
    match protocol {
        Protocol::RestXml => AwsError::new("AccessDenied", denial.sentence(true)).status(403),
        Protocol::Query => AwsError::new("AccessDenied", denial.sentence(false)).status(403),
        Protocol::RestJson => AwsError::access_denied(denial.sentence(false)),
        Protocol::Json10 | Protocol::Json11 | Protocol::Cbor => {
            AwsError::access_denied(denial.sentence(false)).status(400)
        }
    }
}

/// A value as condition keys have it.
fn texts(value: Value<'_>) -> Option<Vec<String>> {
    Some(match value {
        Value::String(text) => vec![text.to_owned()],
        Value::Integer(number) => vec![number.to_string()],
        Value::Boolean(truth) => vec![truth.to_string()],
        Value::List(elements) => value::all(elements).filter_map(texts).flatten().collect(),
        _ => return None,
    })
}

/// Tags as maps, and as lists of structures whose first two members are key and value.
fn tags(value: Value<'_>) -> Vec<(String, String)> {
    match value {
        Value::Map(entries) => entries
            .all()
            .map(|(key, value)| (key.to_owned(), value.as_str().unwrap_or_default().to_owned()))
            .collect(),
        Value::List(elements) => {
            let pair = |element: Value<'_>| {
                let (key, value) = (element.member(0), element.member(1));
                Some((key.as_str()?.to_owned(), value.as_str().unwrap_or_default().to_owned()))
            };
            value::all(elements).filter_map(pair).collect()
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests;
