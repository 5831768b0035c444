//! Who may use whom: the block in `ARCHITECTURE.md`, executed.
//!
//! A line is `crate -> what it may depend on`; a `*` at a name's end stands for any rest. An exact name's line wins
//! over a pattern's. A crate without a line fails. Dependencies of tests obey too; crates from elsewhere are free.

use super::{crates, none, read};

struct Layer {
    who: String,
    may_use: Vec<String>,
}

struct Layers(Vec<Layer>);

impl Layers {
    /// Reads the block out of a document.
    fn parse(document: &str) -> Result<Self, String> {
        let block = document.split("```layers\n").nth(1).and_then(|rest| rest.split("```").next());
        let lines =
            block.ok_or("the document has no layers block")?.lines().filter(|line| !line.trim().is_empty());
        lines.map(Layer::parse).collect::<Result<_, _>>().map(Self)
    }

    /// The line that speaks of this crate.
    fn of(&self, name: &str) -> Option<&Layer> {
        let matching = self.0.iter().filter(|layer| matches(&layer.who, name));
        matching.max_by_key(|layer| (!layer.who.ends_with('*'), layer.who.len()))
    }

    /// What is wrong with a crate's dependencies on others of the workspace.
    fn complaints(&self, name: &str, uses: &[&str]) -> Vec<String> {
        let Some(layer) = self.of(name) else {
            return vec![format!("{name} has no line in the layers block")];
        };
        let refused = uses.iter().filter(|used| !layer.may_use.iter().any(|pattern| matches(pattern, used)));
        refused.map(|used| format!("{name} may not use {used} (its line: {})", layer.who)).collect()
    }
}

impl Layer {
    fn parse(line: &str) -> Result<Self, String> {
        let (who, uses) = line.split_once("->").ok_or_else(|| format!("no arrow in the line {line:?}"))?;
        let may_use = uses.split_whitespace().map(str::to_owned).collect();
        Ok(Self { who: who.trim().to_owned(), may_use })
    }
}

fn matches(pattern: &str, name: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == name, |start| name.starts_with(start))
}

#[test]
fn every_crate_keeps_to_its_layer() {
    let layers = Layers::parse(&read("ARCHITECTURE.md")).unwrap();
    let crates = crates();
    let names: Vec<&str> = crates.iter().map(super::Crate::name).collect();
    let mut complaints = Vec::new();
    for found in &crates {
        for table in ["dependencies", "build-dependencies", "dev-dependencies"] {
            let mut uses = found.dependencies(table);
            uses.retain(|used| names.contains(used) && *used != found.name());
            complaints.extend(layers.complaints(found.name(), &uses));
        }
    }
    complaints.dedup();
    none(complaints);
}

#[test]
fn every_line_speaks_of_a_crate() {
    let layers = Layers::parse(&read("ARCHITECTURE.md")).unwrap();
    let crates = crates();
    let stale = layers.0.iter().filter(|layer| !crates.iter().any(|found| matches(&layer.who, found.name())));
    none(stale.map(|layer| format!("the layers block has a line for {}, which is no crate", layer.who)));
}

fn check(block: &str, name: &str, uses: &[&str], expected: &[&str]) {
    let layers = Layers::parse(&format!("text\n```layers\n{block}```\n")).unwrap();
    assert_eq!(layers.complaints(name, uses), expected);
}

#[test]
fn an_exact_name_wins_over_a_pattern() {
    let block = "cloud-* -> cloud-core\ncloud-lambda -> cloud-core engine\n";
    check(block, "cloud-lambda", &["cloud-core", "engine"], &[]);
    check(block, "cloud-s3", &["engine"], &["cloud-s3 may not use engine (its line: cloud-*)"]);
}

#[test]
fn a_crate_without_a_line_fails() {
    check("protocol ->\n", "server", &[], &["server has no line in the layers block"]);
}

#[test]
fn a_star_alone_is_everything() {
    check("cumulo -> *\n", "cumulo", &["server", "agent"], &[]);
}

#[test]
fn a_line_without_an_arrow_is_an_error() {
    assert!(Layers::parse("```layers\nprotocol\n```").is_err());
    assert!(Layers::parse("no block").is_err());
}
