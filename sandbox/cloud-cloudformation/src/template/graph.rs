//! What must be there before what.

use std::collections::{BTreeMap, BTreeSet};

use super::{Result, Template, TemplateError, references};

/// For every resource, the resources that it needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Graph {
    needs: BTreeMap<String, BTreeSet<String>>,
}

impl Graph {
    /// The needs of the template's resources: what they refer to and what they depend on.
    pub fn of(template: &Template) -> Self {
        let needs = template.resources.iter().map(|(name, resource)| {
            let mut needs = references::names(&resource.properties);
            needs.extend(resource.depends_on.iter().cloned());
            needs.retain(|need| template.resources.contains_key(need));
            (name.clone(), needs)
        });
        Self { needs: needs.collect() }
    }

    /// A graph from its edges; needs of unknown nodes are dropped.
    pub fn from_needs(mut needs: BTreeMap<String, BTreeSet<String>>) -> Self {
        let known: BTreeSet<String> = needs.keys().cloned().collect();
        for list in needs.values_mut() {
            list.retain(|need| known.contains(need));
        }
        Self { needs }
    }

    /// What a resource needs.
    pub fn needs(&self, name: &str) -> impl Iterator<Item = &str> {
        self.needs.get(name).into_iter().flatten().map(String::as_str)
    }

    /// Only those nodes; a need of a node that is left out is left out.
    #[must_use]
    pub fn only(&self, keep: impl Fn(&str) -> bool) -> Self {
        let needs = self.needs.iter().filter(|(name, _)| keep(name));
        Self::from_needs(needs.map(|(name, list)| (name.clone(), list.clone())).collect())
    }

    /// The same nodes, needed by what they needed: the order in which to take things down.
    #[must_use]
    pub fn reversed(&self) -> Self {
        let mut needs: BTreeMap<String, BTreeSet<String>> =
            self.needs.keys().map(|name| (name.clone(), BTreeSet::new())).collect();
        for (name, list) in &self.needs {
            for need in list {
                needs.entry(need.clone()).or_default().insert(name.clone());
            }
        }
        Self { needs }
    }

    /// All nodes, each after what it needs; nodes that wait for nothing more in the order of their names.
    pub fn order(&self) -> Result<Vec<String>> {
        let mut waiting = self.needs.clone();
        let mut order = Vec::with_capacity(waiting.len());
        let dependents = self.reversed();
        let mut ready: BTreeSet<String> =
            waiting.iter().filter(|(_, list)| list.is_empty()).map(|(name, _)| name.clone()).collect();
        while let Some(name) = ready.pop_first() {
            waiting.remove(&name);
            for dependent in dependents.needs(&name) {
                let Some(list) = waiting.get_mut(dependent) else { continue };
                list.remove(&name);
                if list.is_empty() {
                    ready.insert(dependent.to_owned());
                }
            }
            order.push(name);
        }
        if waiting.is_empty() { Ok(order) } else { Err(circular(waiting)) }
    }
}

/// Of what is left, only what lies on cycles: what nothing left needs is dropped until nothing more drops.
fn circular(mut waiting: BTreeMap<String, BTreeSet<String>>) -> TemplateError {
    loop {
        let needed: BTreeSet<String> = waiting.values().flatten().cloned().collect();
        let before = waiting.len();
        waiting.retain(|name, _| needed.contains(name));
        if waiting.len() == before {
            break;
        }
    }
    let names: Vec<String> = waiting.into_keys().collect();
    // AWS: the message of ValidateTemplate and CreateStack.
    TemplateError::new(format!("Circular dependency between resources: [{}]", names.join(", ")))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn graph(edges: &[(&str, &str)]) -> Graph {
        let mut needs: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (name, need) in edges {
            needs.entry((*need).to_owned()).or_default();
            needs.entry((*name).to_owned()).or_default().insert((*need).to_owned());
        }
        Graph::from_needs(needs)
    }

    #[test]
    fn needs_come_first() {
        assert_eq!(graph(&[("a", "b"), ("b", "c"), ("d", "c")]).order().unwrap(), ["c", "b", "a", "d"]);
    }

    #[test]
    fn a_cycle_is_named_without_its_followers() {
        let error = graph(&[("a", "b"), ("b", "a"), ("x", "a"), ("b", "y")]).order().unwrap_err();
        assert_eq!(error.to_string(), "Circular dependency between resources: [a, b]");
        let error = graph(&[("a", "a")]).order().unwrap_err();
        assert_eq!(error.to_string(), "Circular dependency between resources: [a]");
    }

    proptest! {
        #[test]
        fn order_respects_every_need_or_names_a_cycle(edges in prop::collection::vec((0_u8..12, 0_u8..12), 0..30)) {
            let mut needs: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
            for (name, need) in &edges {
                needs.entry(need.to_string()).or_default();
                needs.entry(name.to_string()).or_default().insert(need.to_string());
            }
            let graph = Graph::from_needs(needs.clone());
            let acyclic = edges.iter().all(|(name, need)| name > need);
            match graph.order() {
                Ok(order) => {
                    prop_assert_eq!(order.len(), needs.len());
                    for (name, list) in &needs {
                        let at = |wanted: &String| order.iter().position(|name| name == wanted);
                        prop_assert!(list.iter().all(|need| at(need) < at(name)));
                    }
                    prop_assert!(graph.reversed().order().is_ok());
                }
                Err(error) => {
                    prop_assert!(!acyclic, "{}", error);
                    prop_assert!(!error.to_string().ends_with("[]"));
                }
            }
        }
    }
}
