//! From a pattern's text to what is asked of events.
// AWS: the texts and the columns are those that it answers.

use std::net::IpAddr;

use crate::json::{Node, Value, place, read};
use crate::{Condition, LONGEST, Pattern, Rule, Size, Wrong};

/// How deep values of a pattern may lie in one another.
const DEEPEST: usize = 64;
/// What choices multiply to at most.
// AWS: "more than 1000 rule combinations" are refused.
const MOST_ALTERNATIVES: usize = 1000;

impl Pattern {
    /// Reads a pattern.
    pub fn read(text: &str) -> Result<Self, Wrong> {
        if text.len() > LONGEST {
            return Err(Wrong(format!("A pattern of {} bytes is longer than {LONGEST}", text.len())));
        }
        let root = read(text, DEEPEST)?;
        let compiler = Compiler { text };
        match &root.value {
            Value::Object(members) if members.is_empty() => {
                Err(compiler.wrong("Empty objects are not allowed", root.end))
            }
            Value::Object(members) => {
                let tree = compiler.members(members, "")?;
                if tree.ways().is_none_or(|ways| ways > MOST_ALTERNATIVES) {
                    return Err(Wrong("Rule is too complex - try using fewer values of $or".to_owned()));
                }
                Ok(Self { alternatives: tree.alternatives() })
            }
            _ => Err(compiler.wrong("Filter is not an object", root.seen())),
        }
    }
}

/// A pattern's object: all of it is asked.
#[derive(Default)]
struct Tree {
    conditions: Vec<Condition>,
    within: Vec<Tree>,
    /// Of each, one is asked.
    choices: Vec<Vec<Tree>>,
}

impl Tree {
    /// How many alternatives it comes to.
    fn ways(&self) -> Option<usize> {
        let of_choices = self
            .choices
            .iter()
            .map(|choice| choice.iter().try_fold(0, |sum: usize, tree| sum.checked_add(tree.ways()?)));
        let of_within = self.within.iter().map(Self::ways);
        of_within.chain(of_choices).try_fold(1, |all: usize, next| all.checked_mul(next?))
    }

    /// What may be met, each all of it.
    fn alternatives(&self) -> Vec<Vec<Condition>> {
        let mut all = vec![self.conditions.clone()];
        for tree in &self.within {
            all = times(&all, &tree.alternatives());
        }
        for choice in &self.choices {
            let ways: Vec<_> = choice.iter().flat_map(Self::alternatives).collect();
            all = times(&all, &ways);
        }
        all
    }
}

fn times(left: &[Vec<Condition>], right: &[Vec<Condition>]) -> Vec<Vec<Condition>> {
    let pairs = left.iter().flat_map(|left| right.iter().map(move |right| (left, right)));
    pairs.map(|(left, right)| left.iter().chain(right).cloned().collect()).collect()
}

struct Compiler<'t> {
    text: &'t str,
}

impl Compiler<'_> {
    /// A mistake that ends at a place.
    fn wrong(&self, message: &str, at: usize) -> Wrong {
        Wrong(format!("{message}\n at [Source: (String)\"{}\"; {}]", self.text, place(self.text, at)))
    }

    fn members(&self, members: &[(String, Node)], path: &str) -> Result<Tree, Wrong> {
        let mut tree = Tree::default();
        for (index, (name, node)) in members.iter().enumerate() {
            let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            // AWS: of members of one name the last counts; what is wrong with the others is wrong all the same.
            let counts = !members.iter().skip(index + 1).any(|(other, _)| other == name);
            match &node.value {
                Value::Array(elements) if name == "$or" && is_choice(elements) => {
                    let parent = path.strip_suffix("$or").unwrap_or_default().trim_end_matches('.');
                    let choice = elements.iter().map(|element| match &element.value {
                        Value::Object(members) => self.members(members, parent),
                        _ => Ok(Tree::default()),
                    });
                    let choice = choice.collect::<Result<_, _>>()?;
                    tree.choices.extend(counts.then_some(choice));
                }
                Value::Object(members) if members.is_empty() => {
                    return Err(self.wrong("Empty objects are not allowed", node.end));
                }
                Value::Object(members) => {
                    let within = self.members(members, &path)?;
                    tree.within.extend(counts.then_some(within));
                }
                Value::Array(elements) if elements.is_empty() => {
                    return Err(self.wrong("Empty arrays are not allowed", node.end));
                }
                Value::Array(elements) => {
                    let rules =
                        elements.iter().map(|element| self.rule(element)).collect::<Result<_, _>>()?;
                    tree.conditions.extend(counts.then_some(Condition { path, rules }));
                }
                _ => {
                    return Err(self.wrong(&format!("\"{name}\" must be an object or an array"), node.seen()));
                }
            }
        }
        Ok(tree)
    }

    fn rule(&self, node: &Node) -> Result<Rule, Wrong> {
        match &node.value {
            Value::Text(text) => Ok(Rule::Text(text.clone())),
            Value::Number(written) => Ok(Rule::Number(written.clone())),
            Value::Truth(truth) => Ok(Rule::Truth(*truth)),
            Value::Null => Ok(Rule::Null),
            Value::Array(_) => {
                Err(self.wrong("Match value must be String, number, true, false, or null", node.seen()))
            }
            Value::Object(members) => match members.as_slice() {
                [(name, argument)] => self.operator(name, argument),
                [] => Err(self.wrong("Empty objects are not allowed", node.end)),
                [_, (_, second), ..] => {
                    Err(self.wrong("Only one key allowed in match expression", second.start))
                }
            },
        }
    }

    fn operator(&self, name: &str, argument: &Node) -> Result<Rule, Wrong> {
        match (name, &argument.value) {
            ("prefix", Value::Object(members)) => {
                self.ignoring_case(name, members, argument).map(Rule::PrefixIgnoringCase)
            }
            ("suffix", Value::Object(members)) => {
                self.ignoring_case(name, members, argument).map(Rule::SuffixIgnoringCase)
            }
            ("prefix", _) => self.pattern(name, argument).map(Rule::Prefix),
            ("suffix", _) => self.pattern(name, argument).map(Rule::Suffix),
            ("equals-ignore-case", _) => {
                self.pattern(name, argument).map(|text| Rule::IgnoringCase(text.to_lowercase()))
            }
            ("wildcard", _) => self.wildcard(argument),
            // AWS: of a range that is no text it says this.
            ("cidr", Value::Text(text)) => cidr(text),
            ("cidr", _) => Err(self.wrong("prefix match pattern must be a string", argument.seen())),
            ("exists", Value::Truth(truth)) => Ok(Rule::Exists(*truth)),
            ("exists", _) => {
                Err(self.wrong("exists match pattern must be either true or false.", argument.seen()))
            }
            ("numeric", Value::Array(elements)) => self.numeric(elements, argument.end),
            ("numeric", _) => Err(self.wrong("Value of numeric must be an array.", argument.seen())),
            ("anything-but", _) => self.but(argument),
            _ => Err(self.wrong(&format!("Unrecognized match type {name}"), argument.seen())),
        }
    }

    /// `{"prefix": {"equals-ignore-case": "…"}}`, in small letters.
    fn ignoring_case(
        &self,
        name: &str,
        members: &[(String, Node)],
        argument: &Node,
    ) -> Result<String, Wrong> {
        match members {
            [(inner, argument)] if inner == "equals-ignore-case" => {
                self.pattern(name, argument).map(|text| text.to_lowercase())
            }
            _ => Err(self.wrong(&format!("{name} match pattern must be a string"), argument.seen())),
        }
    }

    fn pattern(&self, name: &str, argument: &Node) -> Result<String, Wrong> {
        match &argument.value {
            Value::Text(text) => Ok(text.clone()),
            _ => Err(self.wrong(&format!("{name} match pattern must be a string"), argument.seen())),
        }
    }

    // AWS: "consecutive wildcard characters are not allowed"; a backslash stands before `*` and `\` alone.
    fn wildcard(&self, argument: &Node) -> Result<Rule, Wrong> {
        let pattern = self.pattern("wildcard", argument)?;
        let wrong = |what: &str, at: usize| self.wrong(&format!("{what} at pos {at}"), argument.end);
        let mut before = None;
        for (at, next) in pattern.char_indices() {
            if next == '*' && before == Some('*') {
                return Err(wrong("Consecutive wildcard characters", at - 1));
            }
            if before == Some('\\') && next != '*' && next != '\\' {
                return Err(wrong("Invalid escape character", at - 1));
            }
            before = Some(if before == Some('\\') { ' ' } else { next });
        }
        if before == Some('\\') {
            return Err(wrong("Invalid escape character", pattern.len() - 1));
        }
        Ok(Rule::Wildcard(pattern))
    }

    fn but(&self, argument: &Node) -> Result<Rule, Wrong> {
        match &argument.value {
            Value::Array(elements) if elements.is_empty() => {
                Err(self.wrong("Empty arrays are not allowed", argument.end))
            }
            Value::Array(elements) => {
                let rules: Vec<Rule> =
                    elements.iter().map(|element| self.unwanted(element)).collect::<Result<_, _>>()?;
                let texts = rules.iter().filter(|rule| matches!(rule, Rule::Text(_))).count();
                if texts != 0 && texts != rules.len() {
                    return Err(self.wrong(
                        "Inside anything but list, either all values are number or string, mixed type is not supported",
                        argument.end,
                    ));
                }
                Ok(Rule::But(rules))
            }
            Value::Object(members) => match members.as_slice() {
                [(name, argument)]
                    if matches!(name.as_str(), "prefix" | "suffix" | "wildcard" | "equals-ignore-case") =>
                {
                    self.but_one_of(name, argument)
                }
                [(name, argument), ..] => {
                    Err(self.wrong(&format!("Unsupported anything-but pattern: {name}"), argument.seen()))
                }
                [] => Err(self.wrong("Empty objects are not allowed", argument.end)),
            },
            Value::Text(_) | Value::Number(_) => Ok(Rule::But(vec![self.unwanted(argument)?])),
            Value::Truth(_) | Value::Null => Err(self.wrong(
                "Value of anything-but must be an array or single string/number value.",
                argument.seen(),
            )),
        }
    }

    /// What a value must not be: a text, or a number however it is written.
    fn unwanted(&self, element: &Node) -> Result<Rule, Wrong> {
        match &element.value {
            Value::Text(text) => Ok(Rule::Text(text.clone())),
            Value::Number(written) => Ok(equal(size(written)?)),
            _ => {
                Err(self
                    .wrong("Inside anything but list, start|null|boolean is not supported.", element.seen()))
            }
        }
    }

    fn but_one_of(&self, name: &str, argument: &Node) -> Result<Rule, Wrong> {
        let Value::Array(elements) = &argument.value else {
            return self.operator(name, argument).map(|rule| Rule::But(vec![rule]));
        };
        if elements.is_empty() {
            return Err(self.wrong("Empty arrays are not allowed", argument.end));
        }
        let rules = elements.iter().map(|element| self.operator(name, element));
        rules.collect::<Result<_, _>>().map(Rule::But)
    }

    // AWS: an operator is said to be wrong once what follows it was read, all else where it stands.
    fn numeric(&self, elements: &[Node], end: usize) -> Result<Rule, Wrong> {
        let seen = |index: usize| elements.get(index).map_or(end, Node::seen);
        let Some(first) = elements.first() else {
            return Err(self.wrong("Invalid member in numeric match: ]", end));
        };
        let Value::Text(operator) = &first.value else {
            let shown = self.text.get(first.start..first.end).unwrap_or_default();
            return Err(self.wrong(&format!("Invalid member in numeric match: {shown}"), first.seen()));
        };
        let number = |index: usize, name: &str| match elements.get(index).map(|node| &node.value) {
            Some(Value::Number(written)) => size(written),
            _ => Err(self.wrong(&format!("Value of {name} must be numeric"), seen(index))),
        };
        let too_many = || self.wrong("Too many elements in numeric expression", seen(2));
        match operator.as_str() {
            "=" => {
                let value = number(1, "equals")?;
                if elements.len() > 2 { Err(too_many()) } else { Ok(equal(value)) }
            }
            "<" | "<=" => {
                let to = number(1, operator)?;
                if elements.len() > 2 {
                    return Err(too_many());
                }
                Ok(Rule::Range { from: None, to: Some((to, operator == "<=")) })
            }
            ">" | ">=" => {
                let from = number(1, operator)?;
                let to = self.top(elements, end)?;
                if to.is_some_and(|(top, _)| from >= top) {
                    return Err(self.wrong("Bottom must be less than top", end));
                }
                Ok(Rule::Range { from: Some((from, operator == ">=")), to })
            }
            other => Err(self.wrong(&format!("Unrecognized numeric range operator: {other}"), seen(1))),
        }
    }

    /// The second half of a range.
    fn top(&self, elements: &[Node], end: usize) -> Result<Option<(Size, bool)>, Wrong> {
        let Some(second) = elements.get(2) else { return Ok(None) };
        let Value::Text(operator) = &second.value else {
            let shown = self.text.get(second.start..second.end).unwrap_or_default();
            return Err(self.wrong(&format!("Bad value in numeric range: {shown}"), second.seen()));
        };
        if operator != "<" && operator != "<=" {
            return Err(self.wrong(&format!("Bad numeric range operator: {operator}"), second.end));
        }
        let Some(Value::Number(written)) = elements.get(3).map(|node| &node.value) else {
            let at = elements.get(3).map_or(end, Node::seen);
            return Err(self.wrong(&format!("Value of {operator} must be numeric"), at));
        };
        if let Some(more) = elements.get(4) {
            return Err(self.wrong("Too many terms in numeric range expression", more.seen()));
        }
        Ok(Some((size(written)?, operator == "<=")))
    }
}

fn size(written: &str) -> Result<Size, Wrong> {
    Size::of(written).ok_or_else(|| Wrong("Value must be between -5.0E9 and 5.0E9, inclusive".to_owned()))
}

fn equal(size: Size) -> Rule {
    Rule::Range { from: Some((size, true)), to: Some((size, true)) }
}

/// Whether an array is one of choices rather than of values of a key that happens to be called so.
// AWS: two objects or more, none of which has a member that is called as an operator.
fn is_choice(elements: &[Node]) -> bool {
    const OPERATORS: [&str; 8] =
        ["prefix", "suffix", "anything-but", "numeric", "exists", "equals-ignore-case", "cidr", "wildcard"];
    let is_plain = |element: &Node| match &element.value {
        Value::Object(members) => {
            !members.is_empty() && members.iter().all(|(name, _)| !OPERATORS.contains(&name.as_str()))
        }
        _ => false,
    };
    elements.len() >= 2 && elements.iter().all(is_plain)
}

fn cidr(text: &str) -> Result<Rule, Wrong> {
    let mut halves = text.split('/');
    let (Some(address), Some(bits), None) = (halves.next(), halves.next(), halves.next()) else {
        return Err(Wrong("Malformed CIDR, one '/' required".to_owned()));
    };
    let bits: i64 =
        bits.parse().map_err(|_| Wrong("Malformed CIDR, mask bits must be an integer".to_owned()))?;
    let network: IpAddr = address.parse().map_err(|_| Wrong(format!("Nonstandard IP address: {address}")))?;
    let most = if network.is_ipv4() { 32 } else { 128 };
    match u8::try_from(bits) {
        Ok(bits) if bits <= most => Ok(Rule::Cidr { network, bits }),
        _ => Err(Wrong(format!("Malformed CIDR, mask bits must be between 0 and {most}"))),
    }
}
