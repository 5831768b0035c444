//! The rows of the table of keys, and a person's own rules after a change of one.

use serde_json::{Value, json};
use widgets::lowercase;

use crate::{
    commands,
    keymap::{Keymap, Press, Rule, normal, shown},
};

/// A row: a command, and one of its rules, if it has any.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// What the command is called.
    pub title: &'static str,
    /// The rule; without keys where the command has none.
    pub rule: Rule,
}

/// The rows that fit what is looked for: every word in a title, a name or keys.
pub fn rows(keymap: &Keymap, query: &str) -> Vec<Row> {
    let query = lowercase(query);
    let mut rows = Vec::new();
    for command in commands::all() {
        let of = |rule: &&Rule| rule.command == command.id;
        let row = |rule: Rule| Row { title: command.title(), rule };
        let before = rows.len();
        rows.extend(keymap.rules.iter().filter(of).cloned().map(row));
        if rows.len() == before {
            rows.push(row(Rule { command: command.id.to_owned(), ..Rule::default() }));
        }
    }
    let fits = |row: &Row| {
        let text = lowercase(&format!("{} {} {}", row.title, row.rule.command, row.rule.keys));
        query.split_whitespace().all(|word| text.contains(word))
    };
    rows.retain(fits);
    rows
}

/// The titles of what else these keys run, where a chord does not go on from them.
pub fn conflicts(keymap: &Keymap, rule: &Rule, keys: &str) -> Vec<&'static str> {
    let others = keymap.fitting(keys).filter(|other| other.command != rule.command);
    let mut titles: Vec<_> =
        others.filter_map(|other| commands::find(&other.command)).map(commands::Command::title).collect();
    titles.dedup();
    titles
}

/// A person's own rules with a rule on other keys.
pub fn rebound(own: &[Value], rule: &Rule, keys: &str) -> Vec<Value> {
    let mut rules = removed(own, rule);
    let mut new = json!({"key": keys, "command": rule.command});
    let when = if rule.keys.is_empty() && !rule.own { usual_when(&rule.command) } else { &rule.when };
    if !when.is_empty() {
        new["when"] = when.into();
    }
    rules.push(new);
    rules
}

fn usual_when(id: &str) -> &'static str {
    commands::find(id).map_or("", |command| command.when)
}

/// A person's own rules without one: their own goes, the table's is taken away.
pub fn removed(own: &[Value], rule: &Rule) -> Vec<Value> {
    let is_it = |value: &Value| {
        let text = |member: &str| value.get(member).and_then(Value::as_str).unwrap_or_default();
        text("command") == rule.command && normal(text("key")).as_ref() == Some(&rule.keys)
    };
    let mut rules: Vec<_> = own.iter().filter(|value| !(rule.own && is_it(value))).cloned().collect();
    if !rule.own && !rule.keys.is_empty() {
        rules.push(json!({"key": rule.keys, "command": format!("-{}", rule.command)}));
    }
    rules
}

/// A person's own rules without any about a command.
pub fn reset(own: &[Value], id: &str) -> Vec<Value> {
    let about = |value: &&Value| {
        let command = value.get("command").and_then(Value::as_str).unwrap_or_default();
        command.strip_prefix('-').unwrap_or(command) != id
    };
    own.iter().filter(about).cloned().collect()
}

/// Whether a person's own rules say something about a command.
pub fn is_changed(own: &[Value], id: &str) -> bool {
    reset(own, id).len() != own.len()
}

/// The keys pressed so far with one more: two strokes at most, then it begins anew.
pub fn pressed(before: &str, press: Press<'_>) -> String {
    let [written, place, _] = press.names();
    let latin = press.key.len() == 1 && press.key.chars().all(|c| c.is_ascii_alphabetic());
    let stroke = if latin || place.is_empty() { written } else { place };
    if before.is_empty() || before.contains(' ') { stroke } else { format!("{before} {stroke}") }
}

/// Keys as people read them; a dash where there are none.
pub fn keys_shown(rule: &Rule) -> String {
    if rule.keys.is_empty() { "–".to_owned() } else { shown(&rule.keys) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule_of(keymap: &Keymap, id: &str) -> Rule {
        rows(keymap, id).into_iter().find(|row| row.rule.command == id).unwrap().rule
    }

    #[test]
    fn commands_are_found_by_title_name_and_keys() {
        let keymap = Keymap::new(&[]);
        let check = |query, expected: &[&str]| {
            let found: Vec<_> = rows(&keymap, query).into_iter().map(|row| row.rule.command).collect();
            assert_eq!(found, expected, "{query}");
        };
        check("line comment", &["editor.action.commentLine"]);
        check("ctrl+k ctrl+s", &["workbench.action.openGlobalKeybindings"]);
        check("deploy.start", &["deploy.start"]);
        assert!(rows(&keymap, "").len() > 90);
    }

    #[test]
    fn a_rule_moves_to_other_keys_and_back() {
        let check = |own: &[Value], id: &str, expected: Option<&str>| {
            assert_eq!(Keymap::new(own).keys(id).as_deref(), expected, "{own:?}");
        };
        let save = "workbench.action.files.save";
        let own = rebound(&[], &rule_of(&Keymap::new(&[]), save), "ctrl+alt+x");
        assert_eq!(own[1], json!({"key": "ctrl+alt+x", "command": save, "when": "!terminalKeys"}));
        check(&own, save, Some("Ctrl+Alt+X"));
        let keymap = Keymap::new(&own);
        assert_eq!(keymap.fitting("ctrl+s").count(), 0, "the keys of before are free");
        let own = rebound(&own, &rule_of(&keymap, save), "f9");
        check(&own, save, Some("F9"));
        assert_eq!(own.len(), 2);
        let gone = removed(&own, &rule_of(&Keymap::new(&own), save));
        check(&gone, save, None);
        check(&reset(&gone, save), save, Some("Ctrl+S"));
        assert!(is_changed(&gone, save) && !is_changed(&reset(&gone, save), save));
        let own = rebound(&[], &rule_of(&Keymap::new(&[]), "deploy.start"), "f9");
        check(&own, "deploy.start", Some("F9"));
    }

    #[test]
    fn what_else_keys_run_is_said() {
        let keymap = Keymap::new(&[]);
        let check = |keys, expected: &[&str]| {
            assert_eq!(conflicts(&keymap, &rule_of(&keymap, "deploy.start"), keys), expected);
        };
        check("ctrl+s", &["Save"]);
        check("f9", &[]);
        check("f2", &["Rename Symbol", "Rename File…"]);
    }

    #[test]
    fn strokes_make_a_chord() {
        let press = |key, code, modifiers| Press { key, code, modifiers };
        let one = pressed("", press("k", "KeyK", [true, false, false]));
        assert_eq!(one, "ctrl+k");
        let two = pressed(&one, press("ы", "KeyS", [true, false, false]));
        assert_eq!(two, "ctrl+k ctrl+s");
        assert_eq!(pressed(&two, press("~", "Backquote", [true, true, false])), "ctrl+shift+`");
        assert_eq!(pressed("", press("ArrowUp", "ArrowUp", [false, false, true])), "alt+up");
    }
}
