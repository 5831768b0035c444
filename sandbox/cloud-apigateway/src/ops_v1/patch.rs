//! Patches: lists of operations on paths. Which paths there are is each update's own affair.
// AWS: "Patch operations": each update lists its paths, and which operations each of them takes.

use std::collections::BTreeMap;

use cloud_core::AwsError;

use super::{Answer, bad};
use crate::shapes_v1::{Op, PatchOperation};

/// One operation of a patch.
pub(super) struct Patch<'a> {
    operation: &'a PatchOperation,
    /// The path in parts, `~1` and `~0` undone.
    parts: Vec<String>,
}

impl<'a> Patch<'a> {
    /// The operations of a patch.
    pub(super) fn all(operations: Option<&'a Vec<PatchOperation>>) -> Answer<Vec<Self>> {
        operations.into_iter().flatten().map(Self::read).collect()
    }

    fn read(operation: &'a PatchOperation) -> Answer<Self> {
        let path = operation.path.as_deref().unwrap_or_default();
        let parts = path.strip_prefix('/').ok_or_else(|| invalid(operation))?.split('/');
        let parts = parts.map(|part| part.replace("~1", "/").replace("~0", "~")).collect();
        Ok(Self { operation, parts })
    }

    pub(super) fn parts(&self) -> Vec<&str> {
        self.parts.iter().map(String::as_str).collect()
    }

    /// That the update has no such path.
    pub(super) fn invalid(&self) -> AwsError {
        invalid(self.operation)
    }

    fn value(&self) -> Option<&str> {
        self.operation.value.as_deref()
    }

    /// The value for a path that is only replaced; none takes it away.
    pub(super) fn replaced(&self) -> Answer<Option<String>> {
        match self.operation.op {
            Some(Op::Replace) => Ok(self.value().map(str::to_owned)),
            _ => Err(unsupported("replace")),
        }
    }

    /// The value for a path that is replaced or removed.
    pub(super) fn text(&self) -> Answer<Option<String>> {
        match self.operation.op {
            Some(Op::Remove) => Ok(None),
            _ => self.replaced(),
        }
    }

    // AWS: whatever is not "true" is false.
    pub(super) fn flag(&self) -> Answer<bool> {
        Ok(self.replaced()?.is_some_and(|text| text.eq_ignore_ascii_case("true")))
    }

    /// The value for an entry of a map; none removes it.
    pub(super) fn entry(&self) -> Answer<Option<String>> {
        match self.operation.op {
            Some(Op::Add | Op::Replace) => Ok(Some(self.value().unwrap_or_default().to_owned())),
            Some(Op::Remove) => Ok(None),
            _ => Err(unsupported("add, remove, replace")),
        }
    }

    /// Changes an entry of a map; without entries there is no map.
    pub(super) fn set<T>(
        &self,
        map: &mut Option<BTreeMap<String, T>>,
        name: &str,
        read: impl FnOnce(String) -> T,
    ) -> Answer<()> {
        match self.entry()? {
            Some(value) => map.get_or_insert_default().insert(name.to_owned(), read(value)),
            None => map.as_mut().and_then(|map| map.remove(name)),
        };
        map.take_if(|map| map.is_empty());
        Ok(())
    }

    /// Changes a list of texts: the path's last part is added, removed, or gives way to the value.
    pub(super) fn list(&self, list: &mut Option<Vec<String>>, name: &str) -> Answer<()> {
        let texts = list.get_or_insert_default();
        let place = texts.iter().position(|text| text == name);
        match (&self.operation.op, place) {
            (Some(Op::Add), None) => texts.push(name.to_owned()),
            (Some(Op::Remove), Some(place)) => drop(texts.remove(place)),
            (Some(Op::Replace), Some(place)) => {
                // AWS: what takes its place comes last.
                texts.remove(place);
                texts.push(self.value().unwrap_or_default().to_owned());
            }
            (Some(Op::Add | Op::Remove | Op::Replace), _) => {}
            _ => return Err(unsupported("add, remove, replace")),
        }
        list.take_if(|texts| texts.is_empty());
        Ok(())
    }
}

fn invalid(operation: &PatchOperation) -> AwsError {
    bad(format!("Invalid patch path {}", operation.path.as_deref().unwrap_or_default()))
}

fn unsupported(supported: &str) -> AwsError {
    bad(format!("Invalid patch operation specified. Must be one of: [{supported}]"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn operation(op: Op, path: &str, value: Option<&str>) -> PatchOperation {
        PatchOperation { op: Some(op), path: Some(path.into()), value: value.map(str::to_owned), from: None }
    }

    #[test]
    fn a_list_is_added_to_replaced_in_and_removed_from() {
        let mut kinds = None;
        for (op, path, value, expected) in [
            (Op::Add, "/kinds/image~1png", None, &["image/png"][..]),
            (Op::Add, "/kinds/image~1jpeg", None, &["image/png", "image/jpeg"]),
            (Op::Replace, "/kinds/image~1png", Some("image/gif"), &["image/jpeg", "image/gif"]),
            (Op::Remove, "/kinds/absent", None, &["image/jpeg", "image/gif"]),
            (Op::Remove, "/kinds/image~1gif", None, &["image/jpeg"]),
            (Op::Remove, "/kinds/image~1jpeg", None, &[]),
        ] {
            let operation = operation(op, path, value);
            let patch = Patch::read(&operation).unwrap();
            patch.list(&mut kinds, patch.parts()[1]).unwrap();
            assert_eq!(kinds.clone().unwrap_or_default(), expected, "{path}");
        }
        assert_eq!(kinds, None);
    }

    #[test]
    fn operations_that_a_path_does_not_take_are_named_by_those_it_takes() {
        let taken = |op: Op| {
            let operation = operation(op, "/x", Some("TRUE"));
            let patch = Patch::read(&operation).unwrap();
            [patch.flag().is_ok(), patch.text().is_ok(), patch.entry().is_ok()]
        };
        assert_eq!(taken(Op::Replace), [true, true, true]);
        assert_eq!(taken(Op::Remove), [false, true, true]);
        assert_eq!(taken(Op::Add), [false, false, true]);
        assert_eq!(taken(Op::Copy), [false, false, false]);
        let add = operation(Op::Add, "/x", None);
        let error = Patch::read(&add).unwrap().flag().unwrap_err();
        assert_eq!(error.message(), "Invalid patch operation specified. Must be one of: [replace]");
    }
}
